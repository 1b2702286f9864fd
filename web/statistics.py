"""`/console/map`, `/console/timeline`, `/console/statistics`: the queue at a glance.

Every figure stands in a table; a script draws the same figures above it.
"""

from datetime import date, timedelta
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from domain.reports import AskedFor, ReportKind, ReportStatus, Severity
from domain.statistics import CountedBy
from service import map_cells, statistics, surge_lists, work_figures
from service.statistics import Statistics
from web.console import Analyst, render_console
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


def _given(typed: object) -> object:
    return typed or None  # an empty field of a form says nothing


class Days(BaseModel):
    """Which days of receipt are counted, as they stand in the address."""

    model_config = ConfigDict(frozen=True)

    first_day: Annotated[date | None, BeforeValidator(_given), Field(alias="from")] = None
    last_day: Annotated[date | None, BeforeValidator(_given), Field(alias="to")] = None


class Stacked(Days):
    """The days of a timeline, and what each of them is divided by."""

    by: Literal["status", "severity", "kind", "asked_for"] = "status"


@router.get("/console/map")
async def show_map(
    request: Request, caller: Analyst, days: Annotated[Days, Query()]
) -> HTMLResponse:
    """Show where reports come from."""
    language = language_of(request)
    counted = await map_cells.count_map(
        runtime_of(request), language, days.first_day, days.last_day
    )
    drawn = [
        {"count": one.count, "name": one.area or "", "boundary": one.boundary}
        for one in counted.cells
    ]
    return render_console(request, caller, "map.html", counted=counted, drawn=drawn)


@router.get("/console/map/outline")
async def read_outline(request: Request, _caller: Analyst) -> JSONResponse:
    """Return the outline under the map as GeoJSON, with names in the reader's language."""
    outline = runtime_of(request).region.as_geojson(language_of(request))
    kept = {"Cache-Control": "private, max-age=3600", "Vary": "Accept-Language, Cookie"}
    return JSONResponse(outline, headers=kept, media_type="application/geo+json")


@router.get("/console/timeline")
async def show_timeline(
    request: Request, caller: Analyst, asked: Annotated[Stacked, Query()]
) -> HTMLResponse:
    """Show how many reports came in day by day, and which days were surges of an area."""
    runtime, by = runtime_of(request), CountedBy(asked.by)
    counted = await statistics.count_reports(
        runtime, by, asked.first_day, asked.last_day, daily=True
    )
    surges = await surge_lists.list_surges(
        runtime, language_of(request), counted.first_day, counted.last_day
    )
    return render_console(
        request,
        caller,
        "timeline.html",
        counted=counted,
        rows=_rows(counted),
        values=[value.value for value in _VALUES[by]],
        choices=list(_VALUES),
        surges=surges.items,
        around=surge_lists.AROUND_KILOMETRES,
    )


@router.get("/console/statistics")
async def show_statistics(
    request: Request, caller: Analyst, days: Annotated[Days, Query()]
) -> HTMLResponse:
    """Show what reports are about, and how the work on them goes."""
    runtime = runtime_of(request)
    overview = await statistics.count_overview(
        runtime, _OVERVIEW, days.first_day, days.last_day, limit=_MOST_VALUES
    )
    work = await work_figures.count_work(runtime, days.first_day, days.last_day)
    return render_console(request, caller, "statistics.html", overview=overview, work=work)


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
