"""The queue of reports as people ask for it: by filters, in an order, page by page."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal

from db.cases import LinkedReport
from db.report_filters import ReportFilter
from db.report_queries import find_reports
from db.units_of_work import reading
from db.urgent_reports import find_unscored, find_urgent
from domain.callers import Caller
from domain.errors import InvalidError
from domain.indicators import IndicatorKind
from domain.reports import ReportKind, ReportOrder, ReportStatus, Severity
from service.circles import read_circle
from service.cursors import read_cursor, read_since, write_cursor
from service.days import start_of
from service.looks import last_look
from service.report_changes import subject_of
from service.report_rows import fold_badge_number, fold_phone_number
from service.report_views import ReportSummary, summarise
from service.runtime import Runtime
from verifiers import badge
from verifiers.indicators import value_of

_SCORE_DIGITS: Final = 3  # of 100 at most
_NO_PHONE: Final = "?"  # no folded number has it


@dataclass(frozen=True, slots=True)
class ReportFilters:
    """Which reports to list; None matches all, days are local, inclusive, and of receipt.

    `q` is looked for in the description and in all that was claimed, without regard to case,
    spaces, width and traditional or simplified form. `alias` finds homophones too, and `near` is
    `latitude,longitude,km` in degrees (WGS 84), at most 50 km. `assignee` is a subject, `me` or
    `none`; `closing` tells whether somebody asks for the report's end; `since` the caller's last
    look when the first page was read. Sorted by `due`, only those still open are listed. `cell` is
    one of the map, and has all that are counted there: those that are folded, too.
    """

    q: str | None = None
    status: ReportStatus | None = None
    severity: Severity | None = None
    kind: ReportKind | None = None
    first_day: date | None = None
    last_day: date | None = None
    phone: str | None = None
    badge_number: str | None = None
    plate: str | None = None
    alias: str | None = None
    payee: str | None = None
    near: str | None = None
    sort: ReportOrder = ReportOrder.NEWEST
    case: str | None = None
    assignee: str | None = None
    closing: bool | None = None
    since: Literal["last"] | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Some of the queue, in the order asked for, and where to go on."""

    items: list[ReportSummary]
    next_cursor: str | None


async def list_reports(
    runtime: Runtime,
    filters: ReportFilters,
    limit: int = 50,
    cursor: str | None = None,
    caller: Caller | None = None,
) -> ReportPage:
    """Return a page of the queue; raises InvalidError for a cursor or place that is none."""
    seen = await _seen(runtime, filters, cursor, caller)
    wanted = ReportFilter(
        text=badge.fold(filters.q or "") or None,
        status=filters.status,
        severity=filters.severity,
        kind=filters.kind,
        phone_folded=_find_phone(filters.phone, runtime.country),
        badge_number_folded=fold_badge_number(filters.badge_number),
        received_from=_start(runtime, filters.first_day, days=0),
        received_before=_start(runtime, filters.last_day, days=1),
        indicators=_indicators(runtime, filters),
        near=None if filters.near is None else read_circle(filters.near),
        oldest_first=filters.sort is ReportOrder.OLDEST,
        after=None,
        assignee=subject_of(caller, filters.assignee),
        is_closing=filters.closing,
        by_due=filters.sort is ReportOrder.DUE,
        received_after=next(iter(seen), None),
        case_id=filters.case,
        map_cell=filters.cell,
    )
    if filters.sort is ReportOrder.SCORE:
        return await _list_urgent(runtime, wanted, limit, cursor, seen)
    if cursor is not None:
        wanted = replace(wanted, after=read_cursor(cursor))
    async with reading(runtime.engine) as session:
        found = await find_reports(session, wanted, limit + 1)
    items = [summarise(one) for one in found[:limit]]
    if len(found) <= limit:
        return ReportPage(items, None)
    last = found[limit - 1]
    place = last.due_at if wanted.by_due and last.due_at is not None else last.received_at
    return ReportPage(items, write_cursor(place, last.id, *seen))


async def _seen(
    runtime: Runtime, filters: ReportFilters, cursor: str | None, caller: Caller | None
) -> tuple[datetime | None, ...]:
    """Return up to when the caller has seen the queue, if that is asked.

    Whoever looks while he pages would cut his own list short: the cursor keeps the first page's.
    """
    if filters.since is None or caller is None:
        return ()
    return (await last_look(runtime, caller) if cursor is None else read_since(cursor),)


async def _list_urgent(
    runtime: Runtime,
    wanted: ReportFilter,
    limit: int,
    cursor: str | None,
    seen: tuple[datetime | None, ...],
) -> ReportPage:
    """Return a page by score; what has none yet comes first, for nobody knows how urgent it is."""
    score, after = (None, None) if cursor is None else _read_place(cursor)
    async with reading(runtime.engine) as session:
        waiting = replace(wanted, after=after)
        found = list(await find_unscored(session, waiting, limit + 1)) if score is None else []
        if len(found) <= limit:
            place = None if score is None or after is None else (score, *after)
            found += await find_urgent(session, wanted, place, limit + 1 - len(found))
        items = [summarise(report) for report in found[:limit]]
        if len(found) <= limit:
            return ReportPage(items, None)
        last = found[limit - 1]
        linked = await session.get(LinkedReport, last.id)
    place_of_last = f"{'' if linked is None else linked.score}-{last.id}"
    return ReportPage(items, write_cursor(last.received_at, place_of_last, *seen))


def _read_place(cursor: str) -> tuple[int | None, tuple[datetime, str]]:
    at, place = read_cursor(cursor)
    score, dash, report_id = place.partition("-")
    if not dash or (
        score and not (score.isascii() and score.isdecimal() and len(score) <= _SCORE_DIGITS)
    ):
        message = "no such cursor"
        raise InvalidError(message)
    return int(score) if score else None, (at, report_id)


def _find_phone(typed: str | None, country: str) -> str | None:
    """Return what a phone is looked for by; what holds no digit is no report's phone."""
    folded = fold_phone_number(typed, country)
    return _NO_PHONE if folded == "" else folded


def _indicators(runtime: Runtime, filters: ReportFilters) -> list[tuple[str, str]]:
    asked = (
        (IndicatorKind.PLATE, filters.plate),
        (IndicatorKind.ALIAS, filters.alias),
        (IndicatorKind.PAYEE, filters.payee),
    )
    # What says nothing of its kind is no indicator of any report.
    return [
        (kind, value_of(kind, text, runtime.country) or "")
        for kind, text in asked
        if text is not None
    ]


def _start(runtime: Runtime, day: date | None, *, days: int) -> datetime | None:
    return None if day is None else start_of(runtime, day, days=days)
