"""Reports that tell the same thing again: candidates, the folded ones, and a lock between them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.advisory_locks import take_lock
from db.reports import Report, find_report
from domain.reports import CLOSED, ReportStatus

_MOST: Final = 50


async def lock_facts(session: AsyncSession, facts_hash: bytes) -> None:
    """Let nobody else look for duplicates of the same facts until this transaction ends."""
    await take_lock(session, facts_hash)


async def lock_family(session: AsyncSession, report_id: str) -> list[Report]:
    """Lock a report and all that are folded with it, and return them as they are by then.

    The first one is first, then the duplicates come by their ids: in this order whoever needs more
    than one of a family locks it, before the lock on cases. Nobody joins or leaves the family until
    the transaction ends, for that takes the lock on its first. Nothing may be written before: a
    report that went to another family meanwhile begins the transaction anew. Raises NotFoundError.
    """
    own = select(Report.id, Report.duplicate_of).where(Report.id == report_id)
    before = None
    while True:
        found = (await session.exec(own)).one_or_none()
        first_id = report_id if found is None else found[1] or found[0]
        first = await find_report(session, first_id, locked=True)
        family = [first, *await lock_folded(session, first.id)]
        # A first that stays folded itself is an old fault, and no reason to wait for ever.
        is_first = first.duplicate_of is None or first_id == before
        if is_first and any(one.id == report_id for one in family):
            return family
        before = first_id
        await session.rollback()


async def find_alike(
    session: AsyncSession,
    facts_hash: bytes,
    occurred_at: datetime,
    within: timedelta,
    received_since: datetime,
) -> Sequence[Report]:
    """Return reports of the same claimed facts at about the same time, the first received first.

    Closed and withdrawn ones are left out: what is said again is then news.
    """
    query = (
        select(Report)
        .where(Report.facts_hash == facts_hash, col(Report.status).not_in(CLOSED))
        .where(col(Report.occurred_at).between(occurred_at - within, occurred_at + within))
        .where(Report.received_at >= received_since)
        .order_by(col(Report.received_at), col(Report.id))
        .limit(_MOST)
    )
    return (await session.exec(query)).all()


async def find_folded(session: AsyncSession, report_id: str) -> Sequence[Report]:
    """Return the duplicates of a report, the first received first."""
    query = select(Report).where(Report.duplicate_of == report_id)
    return (await session.exec(query.order_by(col(Report.received_at), col(Report.id)))).all()


async def lock_folded(session: AsyncSession, report_id: str) -> Sequence[Report]:
    """Return the duplicates of a report as they are by now, locked in one order."""
    query = select(Report).where(Report.duplicate_of == report_id).order_by(col(Report.id))
    locked = query.with_for_update(key_share=True)
    return (await session.exec(locked.execution_options(populate_existing=True))).all()


async def find_standing(session: AsyncSession, report_id: str) -> Sequence[Report]:
    """Return the duplicates of a report that were not withdrawn, as they are by now."""
    query = select(Report).where(
        Report.duplicate_of == report_id, Report.status != ReportStatus.WITHDRAWN
    )
    return (await session.exec(query.execution_options(populate_existing=True))).all()


async def find_withdrawn(session: AsyncSession, report_id: str) -> Sequence[Report]:
    """Return the duplicates of a report that were withdrawn, the first received first."""
    # Asked by status, too, an embedded database would read all that were ever withdrawn, in order.
    folded = await find_folded(session, report_id)
    return [one for one in folded if one.status == ReportStatus.WITHDRAWN]


async def change_folded(session: AsyncSession, report_id: str, **values: Any) -> None:  # noqa: ANN401 - columns
    """Set columns of all duplicates of a report that their reporters did not withdraw."""
    query = select(Report).where(
        col(Report.duplicate_of) == report_id, col(Report.status) != ReportStatus.WITHDRAWN
    )
    # In one order, and as objects, so that they are counted (db/report_counts.py).
    folded = query.order_by(col(Report.id)).with_for_update(key_share=True)
    fresh = folded.execution_options(populate_existing=True)
    for one in (await session.exec(fresh)).all():
        for name, value in values.items():
            setattr(one, name, value)
