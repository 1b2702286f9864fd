"""`/console/map`, `/console/timeline`, `/console/statistics`: the queue at a glance.

Every figure stands in a table; a script draws the same figures above it.
"""

from datetime import date, timedelta
from typing import Any, Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from domain.callers import Caller
from domain.reports import AskedFor, ReportKind, ReportStatus, Severity
from domain.statistics import CountedBy
from service import map_cells, statistics, surge_lists, work_figures
from service.map_cells import CountedMap
from service.statistics import Statistics
from service.surge_lists import Surges
from service.work_figures import WorkFigures
from web.console import Analyst, render_console
from web.filters import Days, Filtered, find_by
from web.pages import language_of, runtime_of

router = APIRouter()
_MOST_VALUES: Final = 10
_VALUES: Final = {
    CountedBy.STATUS: tuple(ReportStatus),
    CountedBy.SEVERITY: tuple(Severity),
    CountedBy.KIND: tuple(ReportKind),
    CountedBy.ASKED_FOR: tuple(AskedFor),
}
"""What a day is divided by, in the order in which it is stacked."""
_OVERVIEW: Final = (*_VALUES, CountedBy.AGENCY)


_SPAN: Final = {"from": "span"}
"""Which days are too many, or begin after today, only the service knows."""


class Stacked(Days):
    """The days of a timeline, and what each of them is divided by."""

    by: Literal["status", "severity", "kind", "asked_for"] = "status"


@router.get("/console/map")
async def show_map(request: Request, caller: Analyst) -> HTMLResponse:
    """Show where reports come from."""
    runtime, language = runtime_of(request), language_of(request)

    async def find(days: Days) -> CountedMap:
        return await map_cells.count_map(runtime, language, days.first_day, days.last_day)

    asked = await find_by(request, Days, find, _SPAN)
    counted = asked.found
    drawn = [
        {"count": one.count, "name": one.area or "", "boundary": one.boundary}
        for one in (counted.cells if counted else ())
    ]
    return _render(request, caller, "map.html", asked, counted=counted, drawn=drawn)


@router.get("/console/map/outline")
async def read_outline(request: Request, _caller: Analyst) -> JSONResponse:
    """Return the outline under the map as GeoJSON, with names in the reader's language."""
    outline = runtime_of(request).region.as_geojson(language_of(request))
    kept = {"Cache-Control": "private, max-age=3600", "Vary": "Accept-Language, Cookie"}
    return JSONResponse(outline, headers=kept, media_type="application/geo+json")


@router.get("/console/timeline")
async def show_timeline(request: Request, caller: Analyst) -> HTMLResponse:
    """Show how many reports came in day by day, and which days were surges of an area."""
    runtime, language = runtime_of(request), language_of(request)

    async def find(days: Stacked) -> tuple[Statistics, Surges]:
        counted = await statistics.count_reports(
            runtime, CountedBy(days.by), days.first_day, days.last_day, daily=True
        )
        first, last = counted.first_day, counted.last_day
        return counted, await surge_lists.list_surges(runtime, language, first, last)

    asked = await find_by(request, Stacked, find, _SPAN)
    counted, surges = asked.found or (None, None)
    return _render(
        request,
        caller,
        "timeline.html",
        asked,
        counted=counted,
        rows=_rows(counted) if counted else {},
        values=[value.value for value in _VALUES[counted.by]] if counted else [],
        choices=list(_VALUES),
        surges=surges.items if surges else (),
        around=surge_lists.AROUND_KILOMETRES,
    )


@router.get("/console/statistics")
async def show_statistics(request: Request, caller: Analyst) -> HTMLResponse:
    """Show what reports are about, and how the work on them goes."""
    runtime = runtime_of(request)

    async def find(days: Days) -> tuple[list[Statistics], WorkFigures]:
        first, last = days.first_day, days.last_day
        overview = await statistics.count_overview(
            runtime, _OVERVIEW, first, last, limit=_MOST_VALUES
        )
        return overview, await work_figures.count_work(runtime, first, last)

    asked = await find_by(request, Days, find, _SPAN)
    overview, work = asked.found or (None, None)
    return _render(request, caller, "statistics.html", asked, overview=overview, work=work)


def _render(
    request: Request,
    caller: Caller,
    template: str,
    asked: Filtered[Any],
    **values: Any,  # noqa: ANN401 - whatever the template shows
) -> HTMLResponse:
    shown = {"given": asked.given, "wrong": asked.wrong, **values}
    return render_console(request, caller, template, asked.status, **shown)


def _rows(counted: Statistics) -> dict[date, dict[str, int]]:
    """Return day -> value -> count of every day, also of those without a report."""
    days = (counted.last_day - counted.first_day).days + 1
    rows: dict[date, dict[str, int]] = {
        counted.first_day + timedelta(days=number): {} for number in range(days)
    }
    for one in counted.items:
        if one.day is not None and one.value is not None:
            rows[one.day][one.value] = one.count
    return rows
