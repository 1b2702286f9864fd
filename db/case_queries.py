"""What is read of cases, and how they change; every read is bounded and has its index."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Text, cast, func, not_, tuple_
from sqlalchemy import select as select_columns
from sqlmodel import col, or_, select, text
from sqlmodel.ext.asyncio.session import AsyncSession

from db.cases import (
    AreaDay,
    CaseBarrier,
    CaseEvent,
    CaseLink,
    FraudCase,
    LinkedReport,
)
from db.reports import Report
from domain.errors import NotFoundError
from domain.reports import DISCOUNTED
from domain.signals import Signal

_LOCK: Final = 0x6D656E7368656E  # the linkers of all replicas meet here


async def lock_cases(session: AsyncSession) -> None:
    """Let nobody else change cases until the transaction ends, on any replica."""
    connection = await session.connection()
    if connection.dialect.name == "postgresql":  # SQLite's writers are alone anyway
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


async def find_members_near(
    session: AsyncSession, case_id: str, at: datetime, limit: int
) -> Sequence[LinkedReport]:
    """Return reports of a case, the nearest to a moment first."""
    moment, key = col(LinkedReport.occurred_at), col(LinkedReport.report_id)
    member = select(LinkedReport).where(LinkedReport.case_id == case_id).limit(limit)
    earlier = member.where(moment <= at).order_by(moment.desc(), key.desc())
    later = member.where(moment > at).order_by(moment, key)
    found = [one for side in (earlier, later) for one in (await session.exec(side)).all()]
    return sorted(found, key=lambda one: (abs(one.occurred_at - at), one.report_id))[:limit]


async def find_barriers(session: AsyncSession, case_id: str) -> set[str]:
    """Return the cases that people have kept apart from this one."""
    query = select(CaseBarrier).where(or_(CaseBarrier.one == case_id, CaseBarrier.other == case_id))
    found = (await session.exec(query)).all()
    return {one.other if one.one == case_id else one.one for one in found}


async def find_barriers_among(
    session: AsyncSession, case_ids: Collection[str]
) -> set[tuple[str, str]]:
    """Return which of these cases people have kept apart from which, as pairs in order."""
    query = select(CaseBarrier.one, CaseBarrier.other).where(
        col(CaseBarrier.one).in_(case_ids), col(CaseBarrier.other).in_(case_ids)
    )
    return {(one, other) for one, other in (await session.exec(query)).all()}


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
        await session.flush()


async def find_pinned(session: AsyncSession, case_ids: Collection[str]) -> set[str]:
    """Return which of these cases people have pinned a report in."""
    query = select(LinkedReport.case_id).where(
        col(LinkedReport.case_id).in_(case_ids), col(LinkedReport.is_pinned)
    )
    found = (await session.exec(query.distinct())).all() if case_ids else ()
    return {one for one in found if one is not None}


class Measured(NamedTuple):
    """A case's reports, its first and last visit, how many visits it has, and its highest score.

    The visits count no report that is folded under another, dismissed or withdrawn; the highest
    score is that of a report that is not folded, 0 without any.
    """

    reports: int
    first: datetime | None
    last: datetime | None
    visits: int
    highest: int


async def measure_case(session: AsyncSession, case_id: str) -> Measured:
    """Return what a case comes to, in one pass, for some have thousands of reports."""
    is_first = col(Report.duplicate_of).is_(None)
    query = (
        select_columns(
            func.count(),
            func.min(LinkedReport.occurred_at),
            func.max(LinkedReport.occurred_at),
            func.count().filter(is_first & col(Report.status).not_in(DISCOUNTED)),
            func.coalesce(func.max(LinkedReport.score).filter(is_first), 0),
        )
        .join(Report, col(Report.id) == LinkedReport.report_id)
        .where(col(LinkedReport.case_id) == case_id)
    )
    return Measured(*(await session.exec(query)).one())  # type: ignore[call-overload] # it takes any statement


async def find_wrongly_signalled(
    session: AsyncSession, case_id: str, signals: Mapping[Signal, bool]
) -> Sequence[LinkedReport]:
    """Return the reports of a case whose signals are not these, each there or not."""
    kept = cast(col(LinkedReport.signals), Text)  # JSON, whose words are in quotation marks
    has = {one: kept.contains(f'"{one}"', autoescape=True) for one in signals}
    wrong = or_(*(not_(has[one]) if wanted else has[one] for one, wanted in signals.items()))
    query = select(LinkedReport).where(LinkedReport.case_id == case_id, wrong)
    return (await session.exec(query)).all()


async def find_highest_score(
    session: AsyncSession, case_id: str, among: Collection[str] | None = None
) -> int:
    """Return the score of a case's gravest report, of all or some; folded ones do not count."""
    query = (
        select(func.coalesce(func.max(LinkedReport.score), 0))
        .join(Report, col(Report.id) == LinkedReport.report_id)
        .where(LinkedReport.case_id == case_id, col(Report.duplicate_of).is_(None))
    )
    if among is not None:
        query = query.where(col(LinkedReport.report_id).in_(among))
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
