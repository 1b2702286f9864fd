"""Old reports go with all that hangs on them, and their files are known until they are gone."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, delete, exists, func, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col
from sqlmodel import select as orm_select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.case_queries import lock_cases
from db.cases import FraudCase, LinkedReport
from db.removals import remove_referring
from db.reports import family_order
from db.tables import metadata

_BATCH: Final = 200  # each has events, images and links of its own


@dataclass(frozen=True, slots=True)
class Due:
    """Reports that are due, the duplicates folded under them included, and their sealed files."""

    report_ids: tuple[str, ...]
    copies: tuple[str, ...]
    originals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """How many reports went, and the cases that nobody is in any more."""

    reports: int
    closed: tuple[FraudCase, ...]


def _old(before: datetime) -> Select[tuple[str]]:
    """Return the statement for reports that came before a moment and that nobody holds.

    What is folded with a report that is held stays with it.
    """
    reports = metadata.tables["report"]
    other = reports.alias()
    held = (  # each has its index
        exists().where(other.c.id == reports.c.duplicate_of, other.c.is_held),
        exists().where(other.c.duplicate_of == reports.c.id, other.c.is_held),
        exists().where(other.c.duplicate_of == reports.c.duplicate_of, other.c.is_held),
    )
    return select(reports.c.id).where(
        reports.c.received_at < before, ~reports.c.is_held, *map(not_, held)
    )


async def count_due(engine: AsyncEngine, before: datetime) -> int:
    """Return how many reports go that came before a moment, with what is folded under them."""
    reports, old = metadata.tables["report"], _old(before)
    going = or_(reports.c.id.in_(old), reports.c.duplicate_of.in_(old))
    async with engine.connect() as connection:
        query = select(func.count()).select_from(reports).where(going)
        return (await connection.execute(query)).scalar_one()


async def find_due(engine: AsyncEngine, before: datetime) -> Due:
    """Return the next reports that came before a moment and that nobody holds."""
    reports, evidence = metadata.tables["report"], metadata.tables["report_evidence"]
    old = _old(before).order_by(reports.c.received_at, reports.c.id).limit(_BATCH)
    async with engine.connect() as connection:
        firsts = (await connection.execute(old)).scalars().all()
        family = or_(reports.c.id.in_(firsts), reports.c.duplicate_of.in_(firsts))
        ids = (await connection.execute(select(reports.c.id).where(family))).scalars().all()
        files = select(evidence.c.sha256, evidence.c.original_file)
        found = (await connection.execute(files.where(evidence.c.report_id.in_(ids)))).all()
    return Due(tuple(ids), tuple(one[0] for one in found), tuple(one[1] for one in found if one[1]))


async def remove(session: AsyncSession, due: Due) -> Removed:
    """Delete these reports and every row that refers to them, in the caller's transaction.

    When one of their families was put on hold meanwhile, or grew, nothing goes.
    """
    reports = metadata.tables["report"]
    connection = await session.connection()
    going = reports.c.id.in_(due.report_ids)
    firsts = select(reports.c.duplicate_of).where(going)
    family = or_(going, reports.c.duplicate_of.in_(due.report_ids), reports.c.id.in_(firsts))
    rows = select(reports.c.id, reports.c.duplicate_of, reports.c.is_held).where(family)
    locked = rows.order_by(*family_order())
    await connection.execute(locked.with_for_update(key_share=True))
    # Read again: who came while the locks were waited for is in no lock.
    found = (await connection.execute(rows)).all()
    gone, left_firsts = set(due.report_ids), set[str]()
    for report_id, first_id, is_held in found:
        if is_held or (first_id in gone and report_id not in gone):
            return Removed(0, ())
        if report_id in gone and first_id is not None and first_id not in gone:
            left_firsts.add(first_id)
    await lock_cases(session)
    # Only now against rows that refer to these: who writes them has the lock on cases, or none.
    await connection.execute(locked.where(going).with_for_update())
    linked = metadata.tables["linked_report"]
    cases = select(linked.c.case_id).where(linked.c.report_id.in_(due.report_ids)).distinct()
    touched = [one for one in (await connection.execute(cases)).scalars() if one is not None]
    # What a case remembers of them goes, too; the linker writes it anew from those that are left.
    profiles = metadata.tables["case_profile"]
    await connection.execute(delete(profiles).where(profiles.c.case_id.in_(touched)))
    await remove_referring(
        connection, reports, select(reports.c.id).where(going), frozenset({reports.name})
    )
    done = await connection.execute(delete(reports).where(going))
    folded = reports.alias()
    left = select(func.count()).where(folded.c.duplicate_of == reports.c.id).scalar_subquery()
    counted = update(reports).where(reports.c.id.in_(left_firsts))
    await connection.execute(counted.values(duplicate_count=left))
    return Removed(done.rowcount, tuple([one async for one in _close(session, touched)]))


async def _close(session: AsyncSession, case_ids: Collection[str]) -> AsyncIterator[FraudCase]:
    """Let cases say how many reports they still have, and yield those that end.

    Their days and score tell what was.
    """
    found = await session.exec(orm_select(FraudCase).where(col(FraudCase.id).in_(case_ids)))
    for case in found.all():
        left = orm_select(func.count()).where(LinkedReport.case_id == case.id)
        case.report_count = (await session.exec(left)).one()
        if case.is_open and case.report_count == 0:
            case.is_open = False
            yield case
