"""Surges over HTTP: areas that had more reports on a day than their past let expect."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.authorisation import Authorised
from api.runtimes import Running
from api.wire import Day, Shown
from domain.states import Language
from service import surge_lists

router = APIRouter(tags=["fraud"])


class MiddleResponse(Shown):
    """The middle of an area, in degrees (WGS 84)."""

    latitude: float
    longitude: float


class SurgeResponse(Shown):
    """An H3 cell of resolution 5 on a day; `probability` is that of as many reports by chance."""

    area: str
    centre: MiddleResponse
    name: str | None
    day: date
    reports: int
    expected: float
    probability: float


class SurgeListResponse(Shown):
    """Surges by day of receipt, the last first; 200 at most."""

    first_day: date = Field(serialization_alias="from")
    last_day: date = Field(serialization_alias="to")
    items: list[SurgeResponse]


@router.get("/v1/fraud/surges")
async def list_surges(
    runtime: Running,
    _caller: Authorised,
    first_day: Annotated[Day | None, Query(alias="from")] = None,
    last_day: Annotated[Day | None, Query(alias="to")] = None,
    language: Language = Language.ENGLISH,
) -> SurgeListResponse:
    """List surges of the last 90 days unless asked otherwise; `language` is of the names."""
    found = await surge_lists.list_surges(runtime, language, first_day, last_day)
    return SurgeListResponse.model_validate(found)
