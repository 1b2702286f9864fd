"""What the linker reads around a report: bounded, few statements, and each has its index."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Table, union_all
from sqlalchemy import select as select_columns
from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.cases import (
    CaseBridge,
    FraudCase,
    LinkedReport,
    LinkKey,
    LinkTask,
)
from db.near import first_of_each
from domain.links import KeyKind

_KEYS: Final[Table] = LinkKey.__table__  # type: ignore[attr-defined] # SQLModel adds it
_LINKED: Final[Table] = LinkedReport.__table__  # type: ignore[attr-defined] # as above


class LinkedRow(NamedTuple):
    """A linked report as the linker reads it, with the size of its case."""

    report_id: str
    traits: dict[str, Any]
    case_id: str | None
    case_size: int | None


async def next_task(session: AsyncSession, now: datetime) -> LinkTask | None:
    """Return the report that is due longest, or None."""
    query = select(LinkTask).where(LinkTask.due_at <= now)
    place = (col(LinkTask.due_at), col(LinkTask.report_id))
    return (await session.exec(query.order_by(*place).limit(1))).first()


async def find_carriers(
    session: AsyncSession, keys: Collection[tuple[str, str]], but: str, limit: int
) -> Sequence[tuple[str, str, str]]:
    """Return (kind, value, report id) of the latest reports with each key, so many of each."""
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
    latest = sorted(rows, key=lambda row: (row[3], row[2]), reverse=True)
    return [(kind, value, report_id) for kind, value, report_id, _ in latest]


async def find_around(  # noqa: PLR0913, PLR0917 - each by its name
    session: AsyncSession,
    cells: Sequence[str],
    at: datetime,
    within: timedelta,
    per_cell: int,
    limit: int,
) -> list[str]:
    """Return reports of cells, the nearest in time first."""
    first = (
        select_columns(_KEYS.c.report_id.label("id"), _KEYS.c.at)
        .where(
            _KEYS.c.kind == KeyKind.CELL,
            _KEYS.c.at >= at - within,
            _KEYS.c.at <= at + within,
        )
        .order_by(_KEYS.c.at.desc(), _KEYS.c.report_id.desc())
        .limit(per_cell)
    )
    found = first_of_each(session, first, _KEYS.c.value, cells)
    query = select_columns(found.c.id, found.c.at)
    rows = (await session.exec(query)).all()  # type: ignore[call-overload] # it takes any statement
    nearest = sorted(rows, key=lambda row: (abs(row[1] - at), row[0]))
    return [row[0] for row in nearest[:limit]]


async def find_nearest(
    session: AsyncSession, case_ids: Sequence[str], at: datetime, limit: int
) -> list[str]:
    """Return so many reports of each case, the nearest to a moment."""
    if not case_ids:
        return []
    moment, key, case = _LINKED.c.occurred_at, _LINKED.c.report_id, _LINKED.c.case_id
    member = select_columns(key.label("id"), moment.label("at"), case).limit(limit)
    earlier = member.where(moment <= at).order_by(moment.desc(), key.desc())
    later = member.where(moment > at).order_by(moment, key)
    sides = (first_of_each(session, one, case, case_ids) for one in (earlier, later))
    query = union_all(*(select_columns(one) for one in sides))
    rows = (await session.exec(query)).all()  # type: ignore[call-overload] # it takes any statement
    nearest = sorted(rows, key=lambda row: (abs(row[1] - at), row[0]))
    return [
        report_id
        for case_id in case_ids
        for report_id, *_ in [row for row in nearest if row[2] == case_id][:limit]
    ]


async def find_linked(session: AsyncSession, report_ids: Collection[str]) -> Sequence[LinkedRow]:
    """Return what the linker reads of reports; as columns, for it reads many.

    Misconduct of our own is left out: it ties nobody to impostors.
    """
    query = (
        select_columns(
            _LINKED.c.report_id,
            _LINKED.c.traits,
            _LINKED.c.case_id,
            col(FraudCase.report_count),
        )
        .join(FraudCase, col(FraudCase.id) == _LINKED.c.case_id, isouter=True)
        .where(
            _LINKED.c.report_id.in_(report_ids),
            or_(_LINKED.c.case_id.is_not(None), ~_LINKED.c.is_pinned),
        )
    )
    rows = (await session.exec(query)).all()  # type: ignore[call-overload] # it takes any statement
    return [LinkedRow(*row) for row in rows]


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
