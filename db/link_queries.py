"""What the linker reads around a report: bounded, few statements, and each has its index."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Table, union_all, update
from sqlalchemy import select as select_columns
from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.cases import (
    PLACE,
    CaseBridge,
    CaseProfile,
    FraudCase,
    LinkedReport,
    LinkKey,
    LinkTask,
)
from db.near import first_of_each
from db.reports import Report
from domain.links import KeyKind

_KEYS: Final[Table] = LinkKey.__table__  # type: ignore[attr-defined] # SQLModel adds it
_LINKED: Final[Table] = LinkedReport.__table__  # type: ignore[attr-defined] # as above


async def next_task(session: AsyncSession, now: datetime) -> LinkTask | None:
    """Return the report that is due longest, or None."""
    query = select(LinkTask).where(LinkTask.due_at <= now)
    place = (col(LinkTask.due_at), col(LinkTask.report_id))
    return (await session.exec(query.order_by(*place).limit(1))).first()


async def find_carriers(
    session: AsyncSession, keys: Collection[tuple[str, str]], but: str, limit: int
) -> Sequence[tuple[str, str, str, datetime]]:
    """Return (kind, value, report id, moment) of the latest reports with each key, so many each."""
    arms = [
        select_columns(_KEYS.c.kind, _KEYS.c.value, _KEYS.c.report_id, _KEYS.c.at)
        .where(_KEYS.c.kind == kind, _KEYS.c.value == value, _KEYS.c.report_id != but)
        .order_by(_KEYS.c.at.desc(), _KEYS.c.report_id.desc())
        .limit(limit)
        .subquery()
        for kind, value in keys
    ]
    if not arms:
        return []
    query = union_all(*(select_columns(arm) for arm in arms))
    rows = (await session.exec(query)).all()  # type: ignore[call-overload] # it takes any statement
    return sorted(map(tuple, rows), key=lambda row: (row[3], row[2]), reverse=True)


async def find_around(  # noqa: PLR0913, PLR0917 - each by its name
    session: AsyncSession,
    cells: Sequence[str],
    but: str,
    at: datetime,
    within: timedelta,
    per_cell: int,
) -> Sequence[tuple[str, str, datetime]]:
    """Return (cell, report id, moment) of so many reports of each cell before and after a moment.

    They are those that are nearest in time, `but` for the report that is asked about.
    """
    moment, key = _KEYS.c.at, _KEYS.c.report_id
    found = select_columns(_KEYS.c.value.label("cell"), key.label("id"), moment.label("at"))
    found = found.where(_KEYS.c.kind == KeyKind.CELL, key != but).limit(per_cell)
    earlier = found.where(moment >= at - within, moment <= at)
    later = found.where(moment > at, moment <= at + within)
    sides = (
        first_of_each(session, one, _KEYS.c.value, cells)
        for one in (
            earlier.order_by(moment.desc(), key.desc()),
            later.order_by(moment, key),
        )
    )
    query = union_all(*(select_columns(one) for one in sides))
    rows = (await session.exec(query)).all()  # type: ignore[call-overload] # it takes any statement
    return [(cell, report_id, moment) for cell, report_id, moment in rows]


async def find_cases_of(
    session: AsyncSession, report_ids: Collection[str]
) -> Mapping[str, str | None]:
    """Return the case of each of some reports, None for one that is alone.

    Misconduct of our own is left out: it ties nobody to impostors.
    """
    query = select_columns(_LINKED.c.report_id, _LINKED.c.case_id).where(
        _LINKED.c.report_id.in_(report_ids),
        or_(_LINKED.c.case_id.is_not(None), ~_LINKED.c.is_pinned),
    )
    rows = (await session.exec(query)).all() if report_ids else ()  # type: ignore[call-overload] # it takes any statement
    return dict(map(tuple, rows))


async def find_active(
    session: AsyncSession, at: datetime, within: timedelta, least: int
) -> Sequence[tuple[str, int, datetime, datetime]]:
    """Return (case id, reports, first, last visit) of grown cases that were at work then."""
    query = select(FraudCase.id, FraudCase.report_count, FraudCase.first_at, FraudCase.last_at)
    query = query.where(
        FraudCase.last_at >= at - within,
        FraudCase.first_at <= at + within,
        FraudCase.report_count >= least,
    )
    return (await session.exec(query)).all()


async def copy_places(session: AsyncSession, report_ids: Collection[str]) -> None:
    """Let linked reports have the places of their reports, whose cells were made anew."""
    places = {
        one: select_columns(col(getattr(Report, one)))
        .where(col(Report.id) == _LINKED.c.report_id)
        .scalar_subquery()
        for one in PLACE
    }
    await session.exec(update(_LINKED).where(_LINKED.c.report_id.in_(report_ids)).values(places))


async def find_traits(
    session: AsyncSession, report_ids: Collection[str]
) -> Sequence[tuple[str, dict[str, Any]]]:
    """Return the traits of reports."""
    query = select_columns(_LINKED.c.report_id, _LINKED.c.traits).where(
        _LINKED.c.report_id.in_(report_ids)
    )
    rows = (await session.exec(query)).all() if report_ids else ()  # type: ignore[call-overload] # it takes any statement
    return [(report_id, traits) for report_id, traits in rows]


async def find_latest(
    session: AsyncSession, limit: int, case_id: str | None = None
) -> Sequence[tuple[str, dict[str, Any]]]:
    """Return the traits of a case's latest visits, or of the latest reports of all."""
    query = select_columns(_LINKED.c.report_id, _LINKED.c.traits).limit(limit)
    if case_id is None:
        order = (_LINKED.c.received_at, _LINKED.c.report_id)
    else:
        query = query.where(_LINKED.c.case_id == case_id)
        order = (_LINKED.c.occurred_at, _LINKED.c.report_id)
    query = query.order_by(*(one.desc() for one in order))
    rows = (await session.exec(query)).all()  # type: ignore[call-overload] # it takes any statement
    return [(report_id, traits) for report_id, traits in rows]


async def find_profiles(
    session: AsyncSession, case_ids: Collection[str]
) -> Mapping[str, dict[str, Any]]:
    """Return the profiles of cases that have one."""
    query = select_columns(col(CaseProfile.case_id), col(CaseProfile.profile)).where(
        col(CaseProfile.case_id).in_(case_ids)
    )
    rows = (await session.exec(query)).all() if case_ids else ()  # type: ignore[call-overload] # it takes any statement
    return dict(map(tuple, rows))


async def find_bridges(
    session: AsyncSession, one: str, others: Collection[str]
) -> dict[str, list[tuple[str, str]]]:
    """Return the facts that bridge a case and each of some others."""
    either = or_(
        and_(CaseBridge.one == one, col(CaseBridge.other).in_(others)),
        and_(CaseBridge.other == one, col(CaseBridge.one).in_(others)),
    )
    found: dict[str, list[tuple[str, str]]] = {other: [] for other in others}
    for bridge in (await session.exec(select(CaseBridge).where(either))).all() if others else ():
        other = bridge.one if bridge.other == one else bridge.other
        found[other].append((bridge.kind, bridge.value))
    return found
