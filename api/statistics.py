"""Counts of reports over HTTP, for charts, and figures of the work on them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.authorisation import Authorised
from api.runtimes import Running
from api.wire import Day, Shown
from domain.statistics import CountedBy
from service import statistics, work_figures

router = APIRouter(tags=["fraud"])


class CountedResponse(Shown):
    """So many reports have this value, received on this day; null stands for all."""

    day: date | None
    value: str | None
    count: int


class TimesResponse(Shown):
    """Within how many hours half and nine tenths of so many reports were done; null of none."""

    count: int
    median_hours: float | None
    ninetieth_hours: float | None


class ShareResponse(Shown):
    """How many of those that people have judged were right; null while nobody has."""

    right: int
    judged: int
    share: float | None


class WorkResponse(Shown):
    """The work on reports received on these days.

    `confirmed` is of reports closed as confirmed or dismissed. `automatic_links` is of reports that
    were put into a case automatically and judged since: right if pinned there by hand or closed as
    confirmed there, wrong if taken out by hand.
    """

    time_to_look: TimesResponse
    time_to_close: TimesResponse
    confirmed: ShareResponse
    automatic_links: ShareResponse


class StatisticsResponse(Shown):
    """Counts over days of receipt.

    `cell` values are H3 cells of resolution 6, times are minutes rounded up.
    """

    first_day: date = Field(serialization_alias="from")
    last_day: date = Field(serialization_alias="to")
    by: CountedBy
    total: int
    items: list[CountedResponse]
    work: WorkResponse


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
    work = await work_figures.count_work(runtime, counted.first_day, counted.last_day)
    return StatisticsResponse(
        first_day=counted.first_day,
        last_day=counted.last_day,
        by=by,
        total=counted.total,
        items=[CountedResponse.model_validate(one) for one in counted.items],
        work=WorkResponse.model_validate(work),
    )
