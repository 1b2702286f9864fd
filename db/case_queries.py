"""What the linker and the fraud team read of cases; every read is bounded and has its index."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Table, Text, cast, delete, func, not_, tuple_, union_all
from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, or_, select, text, update
from sqlmodel.ext.asyncio.session import AsyncSession

from db.cases import (
    AreaDay,
    CaseBarrier,
    CaseBridge,
    CaseEvent,
    CaseLink,
    FraudCase,
    LinkedReport,
    LinkKey,
    LinkTask,
)
from db.near import first_of_each
from db.reports import Report
from domain.errors import NotFoundError
from domain.links import KeyKind
from domain.reports import DISCOUNTED
from domain.signals import Signal

_KEYS: Final[Table] = LinkKey.__table__  # type: ignore[attr-defined] # SQLModel adds it
_LOCK: Final = 0x6D656E7368656E  # the linkers of all replicas meet here


async def lock_cases(session: AsyncSession) -> None:
    """Let nobody else change cases until the transaction ends, on any replica."""
    await take_case_lock(await session.connection())


async def take_case_lock(connection: AsyncConnection) -> None:
    """Do the same for who has no session."""
    if connection.dialect.name == "postgresql":  # SQLite's writers are alone anyway
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


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


async def find_members_near(
    session: AsyncSession, case_id: str, at: datetime, limit: int
) -> Sequence[LinkedReport]:
    """Return reports of a case around a moment: so many before it, so many after it."""
    place = (col(LinkedReport.occurred_at), col(LinkedReport.report_id))
    of_case = select(LinkedReport).where(LinkedReport.case_id == case_id)
    earlier = of_case.where(LinkedReport.occurred_at <= at)
    later = of_case.where(LinkedReport.occurred_at > at)
    before = (
        await session.exec(earlier.order_by(*(one.desc() for one in place)).limit(limit))
    ).all()
    after = (await session.exec(later.order_by(*place).limit(limit))).all()
    return sorted((*before, *after), key=lambda one: abs(one.occurred_at - at))[:limit]


async def find_linked(
    session: AsyncSession, report_ids: Collection[str]
) -> Sequence[tuple[LinkedReport, int | None]]:
    """Return linked reports with the sizes of their cases."""
    query = (
        select(LinkedReport, FraudCase.report_count)
        .join(FraudCase, col(FraudCase.id) == LinkedReport.case_id, isouter=True)
        .where(col(LinkedReport.report_id).in_(report_ids))
    )
    return (await session.exec(query)).all()


async def find_bridges(session: AsyncSession, one: str, other: str) -> Sequence[tuple[str, str]]:
    """Return the facts that bridge two cases."""
    first, second = sorted((one, other))
    query = select(CaseBridge.kind, CaseBridge.value)
    query = query.where(CaseBridge.one == first, CaseBridge.other == second)
    return (await session.exec(query)).all()


async def find_barriers(session: AsyncSession, case_id: str) -> set[str]:
    """Return the cases that people have kept apart from this one."""
    query = select(CaseBarrier).where(or_(CaseBarrier.one == case_id, CaseBarrier.other == case_id))
    found = (await session.exec(query)).all()
    return {one.other if one.one == case_id else one.one for one in found}


async def find_case(session: AsyncSession, case_id: str) -> FraudCase:
    """Return a case; raises NotFoundError."""
    found = await session.get(FraudCase, case_id)
    if found is None:
        message = f"no case {case_id}"
        raise NotFoundError(message)
    return found


async def find_cases(
    session: AsyncSession, after: tuple[datetime, str] | None, limit: int
) -> Sequence[FraudCase]:
    """Return open cases, the last changed first."""
    place = (col(FraudCase.updated_at), col(FraudCase.id))
    query = select(FraudCase).where(FraudCase.is_open)
    if after is not None:
        query = query.where(tuple_(*place) < after)
    return (await session.exec(query.order_by(*(one.desc() for one in place)).limit(limit))).all()


async def find_case_links(
    session: AsyncSession,
    *,
    case_id: str | None = None,
    report_id: str | None = None,
    limit: int = 500,
) -> Sequence[CaseLink]:
    """Return links of a case or of a report, the last first."""
    query = select(CaseLink)
    if case_id is not None:
        query = query.where(CaseLink.case_id == case_id)
    if report_id is not None:
        query = query.where(CaseLink.report_id == report_id)
    return (await session.exec(query.order_by(col(CaseLink.id).desc()).limit(limit))).all()


async def find_case_events(session: AsyncSession, case_id: str, limit: int) -> Sequence[CaseEvent]:
    """Return what was done with a case, the last first."""
    query = select(CaseEvent).where(CaseEvent.case_id == case_id)
    return (await session.exec(query.order_by(col(CaseEvent.id).desc()).limit(limit))).all()


async def move_all(session: AsyncSession, from_case: str, to_case: str) -> None:
    """Give all reports, links and barriers of one case to another."""
    await session.exec(
        update(LinkedReport).where(col(LinkedReport.case_id) == from_case).values(case_id=to_case)
    )
    await session.exec(
        update(CaseLink).where(col(CaseLink.case_id) == from_case).values(case_id=to_case)
    )
    for other in await find_barriers(session, from_case):
        if other != to_case:
            await keep_apart(session, other, to_case, *await _barrier(session, from_case, other))
    touching = or_(col(CaseBridge.one) == from_case, col(CaseBridge.other) == from_case)
    await session.exec(delete(CaseBridge).where(touching))


async def keep_apart(session: AsyncSession, one: str, other: str, at: datetime, actor: str) -> None:
    """Note that people keep two cases apart."""
    first, second = sorted((one, other))
    if await session.get(CaseBarrier, (first, second)) is None:
        session.add(CaseBarrier(one=first, other=second, at=at, actor=actor))
        await session.flush()


async def drop_barrier(session: AsyncSession, one: str, other: str) -> None:
    """Forget that two cases were kept apart."""
    first, second = sorted((one, other))
    found = await session.get(CaseBarrier, (first, second))
    if found is not None:
        await session.delete(found)


async def has_pinned(session: AsyncSession, case_id: str) -> bool:
    """Tell whether people have pinned a report of a case."""
    query = select(LinkedReport.report_id).where(
        LinkedReport.case_id == case_id, LinkedReport.is_pinned
    )
    return (await session.exec(query.limit(1))).first() is not None


async def measure_case(
    session: AsyncSession, case_id: str
) -> tuple[int, datetime | None, datetime | None, int]:
    """Return a case's number of reports, its first and last visit, and how many visits it has.

    The last counts no report that is folded under another, dismissed or withdrawn.
    """
    stands = col(Report.duplicate_of).is_(None) & col(Report.status).not_in(DISCOUNTED)
    query = (
        select(
            func.count(),
            func.min(LinkedReport.occurred_at),
            func.max(LinkedReport.occurred_at),
            func.count().filter(stands),
        )
        .join(Report, col(Report.id) == LinkedReport.report_id)
        .where(LinkedReport.case_id == case_id)
    )
    count, first, last, visits = (await session.exec(query)).one()
    return count, first, last, visits


async def find_wrongly_signalled(
    session: AsyncSession, case_id: str, signals: Mapping[Signal, bool]
) -> Sequence[LinkedReport]:
    """Return the reports of a case whose signals are not these, each there or not."""
    kept = cast(col(LinkedReport.signals), Text)  # JSON, whose words are in quotation marks
    has = {one: kept.contains(f'"{one}"', autoescape=True) for one in signals}
    wrong = or_(*(not_(has[one]) if wanted else has[one] for one, wanted in signals.items()))
    query = select(LinkedReport).where(LinkedReport.case_id == case_id, wrong)
    return (await session.exec(query)).all()


async def find_highest_score(session: AsyncSession, case_id: str) -> int:
    """Return the score of a case's gravest report; what is folded counts with its first."""
    query = (
        select(func.coalesce(func.max(LinkedReport.score), 0))
        .join(Report, col(Report.id) == LinkedReport.report_id)
        .where(LinkedReport.case_id == case_id, col(Report.duplicate_of).is_(None))
    )
    return (await session.exec(query)).one()


async def count_report(session: AsyncSession, day: AreaDay) -> Sequence[AreaDay]:
    """Count a report of an area's day; return the area's days of five weeks up to that day."""
    found = await session.get(AreaDay, (day.area, day.day))
    if found is None:
        session.add(day)
    else:
        found.reports += 1
    await session.flush()
    query = select(AreaDay).where(
        AreaDay.area == day.area,
        AreaDay.day <= day.day,
        AreaDay.day > day.day - timedelta(days=35),
    )
    return (await session.exec(query.order_by(col(AreaDay.day)))).all()


async def _barrier(session: AsyncSession, one: str, other: str) -> tuple[datetime, str]:
    found = await session.get(CaseBarrier, tuple(sorted((one, other))))
    assert found is not None  # noqa: S101 - it was just read
    return found.at, found.actor
