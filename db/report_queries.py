"""The queue of reports by every filter, each read in the order of the list by an index."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, exists, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from db.cases import LinkedReport, LinkTask
from db.indicators import ReportIndicator
from db.near import Circle, first_near, within
from db.report_texts import find_texts
from db.reports import Report

_MOST_URGENT: Final = (1_000, 4_000)
"""So many are looked through for what lies near before the index of places is asked, the second
only where what the first held lets a whole page be expected: what lies near are few, then."""
_TABLE: Final[Table] = Report.__table__  # type: ignore[attr-defined] # SQLModel adds it


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


async def find_reports(session: AsyncSession, wanted: ReportFilter, limit: int) -> Sequence[Report]:
    """Return reports, the last received first unless wanted otherwise; by due, the open ones."""
    if wanted.text is not None:
        order = _order(wanted, Report)
        return await find_texts(session, _queue(wanted), order, wanted.text, limit)
    if wanted.near is not None and _is_plain(wanted):
        return (await session.exec(_near(session, wanted, wanted.near, limit))).all()
    return (await session.exec(_queue(wanted).limit(limit))).all()


def _is_plain(wanted: ReportFilter) -> bool:
    return not (wanted.indicators or wanted.by_due or wanted.case_id)


def _queue(wanted: ReportFilter) -> SelectOfScalar[Report]:
    """Return the whole queue, in order, by all but its words."""
    if wanted.case_id is not None:
        return _of_case(wanted)
    if wanted.indicators:
        return _by_indicator(wanted)
    plain = select(Report).where(*_conditions(wanted), *_page(wanted, Report))
    if wanted.near is not None:
        plain = plain.where(_in_cells(wanted.near), within(_TABLE, wanted.near))
    return plain.order_by(*_order(wanted, Report))


def _by_indicator(wanted: ReportFilter) -> SelectOfScalar[Report]:
    """Walk the first indicator's index in the order of the list; the others are looked up."""
    (kind, value), *others = wanted.indicators
    return (
        select(Report)
        .join(ReportIndicator, col(ReportIndicator.report_id) == Report.id)
        .where(
            ReportIndicator.kind == kind,
            ReportIndicator.value == value,
            *_conditions(wanted),
            *(_has(*one) for one in others),
            *(() if wanted.near is None else (within(_TABLE, wanted.near),)),
            *_page(wanted, ReportIndicator),
        )
        .order_by(*_order(wanted, ReportIndicator))
    )


async def find_urgent(
    session: AsyncSession, wanted: ReportFilter, after: tuple[int, datetime, str] | None, limit: int
) -> Sequence[Report]:
    """Return scored reports, the highest score first; `after` is the last one seen."""
    place = (col(LinkedReport.score), col(LinkedReport.received_at), col(LinkedReport.report_id))
    order = [one.desc() for one in place]
    ahead = [] if after is None else [tuple_(*place) < after]
    if wanted.case_id is not None:
        ahead.append(col(LinkedReport.case_id) == wanted.case_id)
    query = (
        select(Report)
        .join(LinkedReport, col(LinkedReport.report_id) == Report.id)
        .where(*ahead, *_conditions(wanted), *_rest(wanted))
        .order_by(*order)
    )
    if wanted.text is not None:
        return await find_texts(session, query, order, wanted.text, limit)
    if wanted.near is None:
        return (await session.exec(query.limit(limit))).all()
    for most in _MOST_URGENT:
        scores = select(LinkedReport.report_id).where(*ahead).order_by(*order)
        first = scores.limit(most).subquery()
        listed = query.join(first, first.c.report_id == LinkedReport.report_id).limit(limit)
        found = (await session.exec(listed)).all()
        if len(found) == limit:
            return found
        if len(found) * _MOST_URGENT[-1] < limit * most:
            break
    near = select(Report.id).where(_in_cells(wanted.near), within(_TABLE, wanted.near)).cte()
    near = near.prefix_with("MATERIALIZED")  # else all scores are walked for the few that lie here
    listed = query.join(near, near.c.id == LinkedReport.report_id).limit(limit)
    return (await session.exec(listed)).all()


async def find_unscored(
    session: AsyncSession, wanted: ReportFilter, limit: int
) -> Sequence[Report]:
    """Return reports that still wait to be linked for the first time: they have no score yet."""
    if wanted.case_id is not None:
        return ()  # it has linked ones only
    query = (
        select(Report)
        .join(LinkTask, col(LinkTask.report_id) == Report.id)
        .where(
            LinkTask.look == 0,
            ~exists().where(col(LinkedReport.report_id) == LinkTask.report_id),
            *_conditions(wanted),
            *_rest(wanted),
            *_page(wanted, Report),
        )
        .order_by(*_order(wanted, Report))
    )
    if wanted.text is not None:  # of these there are few
        query = query.where(col(Report.search_text).contains(wanted.text, autoescape=True))
    return (await session.exec(query.limit(limit))).all()


def _in_cells(near: Circle) -> ColumnElement[bool]:
    return col(Report.area if near.coarse else Report.cell).in_(near.cells)


def _rest(wanted: ReportFilter) -> list[ColumnElement[bool]]:
    found = [_has(*one) for one in wanted.indicators]
    return found if wanted.near is None else [*found, within(_TABLE, wanted.near)]


def _of_case(wanted: ReportFilter) -> SelectOfScalar[Report]:
    """Read the reports of a case, of which there are few, and put them in the order of the list."""
    return (
        select(Report)
        .join(LinkedReport, col(LinkedReport.report_id) == Report.id)
        .where(
            LinkedReport.case_id == wanted.case_id,
            *_conditions(wanted),
            *_rest(wanted),
            *_page(wanted, Report),
        )
        .order_by(*_order(wanted, Report))
    )


def _near(
    session: AsyncSession, wanted: ReportFilter, near: Circle, limit: int
) -> SelectOfScalar[Report]:
    ids = first_near(
        session,
        _TABLE,
        "received_at",
        near,
        conditions=(*_conditions(wanted), *_page(wanted, Report)),
        limit=limit,
        oldest_first=wanted.oldest_first,
    )
    query = select(Report).join(ids, ids.c.id == col(Report.id))
    return query.order_by(*_order(wanted, Report))


def _conditions(wanted: ReportFilter) -> list[ColumnElement[bool]]:
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


def _has(kind: str, value: str) -> ColumnElement[bool]:
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


def _page(
    wanted: ReportFilter, table: type[Report | ReportIndicator]
) -> tuple[ColumnElement[bool], ...]:
    if wanted.after is None:
        return ()
    place, is_rising = tuple_(*_place(wanted, table)), wanted.oldest_first or wanted.by_due
    return (place > wanted.after if is_rising else place < wanted.after,)


def _order(
    wanted: ReportFilter, table: type[Report | ReportIndicator]
) -> tuple[ColumnElement[Any], ...]:
    place = _place(wanted, table)
    return place if wanted.oldest_first or wanted.by_due else tuple(one.desc() for one in place)
