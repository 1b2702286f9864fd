"""Counts of reports over HTTP, for charts."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.authorisation import Authorised
from api.runtimes import Running
from api.wire import Day, Shown
from domain.statistics import CountedBy
from service import statistics

router = APIRouter(tags=["fraud"])


class CountedResponse(Shown):
    """So many reports have this value, received on this day; null stands for all."""

    day: date | None
    value: str | None
    count: int


class StatisticsResponse(Shown):
    """Counts over days of receipt; `cell` values are H3 cells of resolution 6."""

    first_day: date = Field(serialization_alias="from")
    last_day: date = Field(serialization_alias="to")
    by: CountedBy
    total: int
    items: list[CountedResponse]


@router.get("/v1/fraud/statistics")
async def count_reports(  # noqa: PLR0913 - one argument a query parameter
    runtime: Running,
    _caller: Authorised,
    by: CountedBy = CountedBy.DAY,
    first_day: Annotated[Day | None, Query(alias="from")] = None,
    last_day: Annotated[Day | None, Query(alias="to")] = None,
    *,
    daily: bool = False,
    limit: Annotated[int, Query(ge=1, le=statistics.MOST_VALUES)] = 200,
) -> StatisticsResponse:
    """Count reports by a fact, the last 90 days unless asked otherwise; days are inclusive.

    `limit` is of values, the most frequent first; `daily` counts each day for itself.
    """
    counted = await statistics.count_reports(
        runtime, by, first_day, last_day, daily=daily, limit=limit
    )
    return StatisticsResponse.model_validate(counted)
