"""Delegated agencies over HTTP: the published list, and the registry's part."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.authorisation import Authorised
from api.runtimes import Running
from api.wire import Day, Line, Shown, Wire, Word
from service import agencies
from service.agencies import AgencyDraft

router = APIRouter(tags=["agencies"])
Lines = Annotated[list[Word], Field(max_length=50)]
Label = Annotated[Line, Field(max_length=100)]


class AgencyRequest(Wire):
    """An agency; `public_label` is what a neighbour may read. Dates are inclusive."""

    name: Line
    public_label: Label | None = None
    licence: Label
    contract_starts_on: Day
    contract_ends_on: Day
    assessed_on: Day
    phones: Lines
    regions: Lines


class AgencyChangeRequest(Wire):
    """What changes; what is missing stays."""

    name: Line | None = None
    public_label: Label | None = None
    licence: Label | None = None
    contract_starts_on: Day | None = None
    contract_ends_on: Day | None = None
    assessed_on: Day | None = None
    phones: Lines | None = None
    regions: Lines | None = None


class AgencyResponse(Shown):
    """An agency as the registry keeps it."""

    id: str
    name: str
    public_label: str | None
    licence: str
    contract_starts_on: date
    contract_ends_on: date
    assessed_on: date
    phones: list[str]
    regions: list[str]


class PublishedAgencyResponse(Shown):
    """What everybody may know."""

    name: str
    licence: str
    phones: list[str]
    regions: list[str]
    contract_starts_on: date
    contract_ends_on: date


class PublishedListResponse(Shown):
    """The agencies in contract now."""

    items: list[PublishedAgencyResponse]
    next_cursor: str | None = None


@router.get("/v1/agencies")
async def published(runtime: Running) -> PublishedListResponse:
    """List the delegated agencies in contract now; no login."""
    found = await agencies.published(runtime)
    return PublishedListResponse(
        items=[PublishedAgencyResponse.model_validate(one) for one in found]
    )


@router.post("/v1/registry/agencies", status_code=201)
async def add(runtime: Running, _caller: Authorised, asked: AgencyRequest) -> AgencyResponse:
    """Add an agency."""
    made = await agencies.add_agency(runtime, AgencyDraft(**asked.model_dump()))
    return AgencyResponse.model_validate(made)


@router.patch("/v1/registry/agencies/{agency_id}")
async def change(
    runtime: Running, _caller: Authorised, agency_id: str, asked: AgencyChangeRequest
) -> AgencyResponse:
    """Change an agency; effective at the next scan."""
    given = asked.model_dump(exclude_unset=True)
    changes = {name: value for name, value in given.items() if value is not None}
    if "public_label" in given:
        changes["public_label"] = given["public_label"]  # the one member that may be taken away
    changed = await agencies.change_agency(runtime, agency_id, changes)
    return AgencyResponse.model_validate(changed)
