"""Sightings over HTTP: what was odd about checks, for the fraud team."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from api.authorisation import Authorised
from api.runtimes import Running
from api.wire import Day, Shown, Text
from domain.sightings import SightingKind
from service import sightings
from service.sightings import SightingFilters

router = APIRouter(tags=["fraud"])


class SightingResponse(Shown):
    """One odd thing about a check; its place is the middle of a cell of about 1.4 km."""

    id: str
    at: datetime
    kind: SightingKind
    verification_id: str
    badge_number: str | None
    origin: str | None
    entry_id: str | None
    cell: str | None
    latitude: float | None
    longitude: float | None


class SightingListResponse(Shown):
    """A page of sightings, the last first."""

    items: list[SightingResponse]
    next_cursor: str | None


@router.get("/v1/fraud/sightings")
async def list_sightings(  # noqa: PLR0913, PLR0917 - one argument a query parameter
    runtime: Running,
    _caller: Authorised,
    kind: SightingKind | None = None,
    first_day: Annotated[Day | None, Query(alias="from")] = None,
    last_day: Annotated[Day | None, Query(alias="to")] = None,
    badge_number: Text | None = None,
    near: Annotated[
        Text | None, Query(description="latitude,longitude,km in degrees; at most 50 km")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> SightingListResponse:
    """List sightings, the last first; days are inclusive."""
    filters = SightingFilters(kind, first_day, last_day, badge_number, near)
    page = await sightings.list_sightings(runtime, filters, limit, cursor)
    return SightingListResponse.model_validate(page)
