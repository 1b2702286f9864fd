"""What the queue of reports is filtered by, as conditions on its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, exists, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col

from db.indicators import ReportIndicator
from db.near import Circle, within
from db.reports import Report

REPORTS: Final[Table] = Report.__table__  # type: ignore[attr-defined] # SQLModel adds it


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """Which reports to list; None matches all, folded duplicates are listed by `map_cell` only.

    `after` is the last (received_at or, by due, due_at, id) seen. `indicators` are (kind, value)
    pairs that a report must all have. The assignee `""` is nobody.
    """

    text: str | None = None
    status: str | None = None
    severity: str | None = None
    kind: str | None = None
    phone_folded: str | None = None
    badge_number_folded: str | None = None
    received_from: datetime | None = None
    received_before: datetime | None = None
    indicators: Sequence[tuple[str, str]] = ()
    near: Circle | None = None
    after: tuple[datetime, str] | None = None
    oldest_first: bool = field(default=False, kw_only=True)
    by_due: bool = field(default=False, kw_only=True)
    assignee: str | None = None
    is_closing: bool | None = field(default=None, kw_only=True)
    received_after: datetime | None = None
    case_id: str | None = field(default=None, kw_only=True)
    map_cell: str | None = field(default=None, kw_only=True)


def conditions(wanted: ReportFilter) -> list[ColumnElement[bool]]:
    """Return the conditions on columns of reports."""
    equal: tuple[tuple[Any, Any], ...] = (
        (Report.status, wanted.status),
        (Report.severity, wanted.severity),
        (Report.kind, wanted.kind),
        (Report.phone_folded, wanted.phone_folded),
        (Report.badge_number_folded, wanted.badge_number_folded),
        (Report.map_cell, wanted.map_cell),
    )
    conditions = [column == value for column, value in equal if value is not None]
    if wanted.received_from is not None:
        conditions.append(col(Report.received_at) >= wanted.received_from)
    if wanted.received_before is not None:
        conditions.append(col(Report.received_at) < wanted.received_before)
    return conditions + _worked(wanted)


def _worked(wanted: ReportFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.map_cell is None:  # a map counts each report where it is, a folded one, too
        found.append(col(Report.duplicate_of).is_(None))
    if wanted.by_due:
        found.append(col(Report.due_at).is_not(None))
    if wanted.assignee is not None:
        found.append(col(Report.assignee) == (wanted.assignee or None))
    if wanted.is_closing is not None:
        column = col(Report.closing)
        found.append(column.is_not(None) if wanted.is_closing else column.is_(None))
    if wanted.received_after is not None:
        found.append(col(Report.received_at) > wanted.received_after)
    return found


def has(kind: str, value: str) -> ColumnElement[bool]:
    """Return whether a report has an indicator."""
    other = aliased(ReportIndicator)  # the walked one is another
    return exists().where(
        col(other.report_id) == Report.id, col(other.kind) == kind, col(other.value) == value
    )


def _place(wanted: ReportFilter, table: type[Report | ReportIndicator]) -> tuple[Any, Any]:
    if wanted.by_due:
        return col(Report.due_at), col(Report.id)
    if issubclass(table, Report):
        return col(Report.received_at), col(Report.id)
    return col(ReportIndicator.received_at), col(ReportIndicator.report_id)


def after_last(
    wanted: ReportFilter, table: type[Report | ReportIndicator]
) -> tuple[ColumnElement[bool], ...]:
    """Return the condition for what comes after the last one seen."""
    if wanted.after is None:
        return ()
    place, is_rising = tuple_(*_place(wanted, table)), wanted.oldest_first or wanted.by_due
    return (place > wanted.after if is_rising else place < wanted.after,)


def order_of(
    wanted: ReportFilter, table: type[Report | ReportIndicator]
) -> tuple[ColumnElement[Any], ...]:
    """Return the order of the list, walked by reports or by their indicators."""
    place = _place(wanted, table)
    return place if wanted.oldest_first or wanted.by_due else tuple(one.desc() for one in place)


def in_circle(near: Circle) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return what is true of reports in a circle; its cells lead an index."""
    cells = col(Report.area if near.coarse else Report.cell)
    return cells.in_(near.cells), within(REPORTS, near)


def further(wanted: ReportFilter) -> list[ColumnElement[bool]]:
    """Return the conditions on indicators and place, which a list may walk by instead."""
    found = [has(*one) for one in wanted.indicators]
    return found if wanted.near is None else [*found, within(REPORTS, wanted.near)]
