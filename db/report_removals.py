"""Old reports go with all that hangs on them, and their files are known until they are gone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    Update,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from db.case_queries import take_case_lock
from db.engine import WRITES
from db.removals import remove_referring
from db.tables import metadata

_BATCH: Final = 200  # each has events, images and links of its own


@dataclass(frozen=True, slots=True)
class Due:
    """Reports that are due, the duplicates folded under them included, and their sealed files."""

    report_ids: tuple[str, ...]
    copies: tuple[str, ...]
    originals: tuple[str, ...]


async def find_due(engine: AsyncEngine, before: datetime) -> Due:
    """Return the next reports that came before a moment and that nobody holds."""
    reports, evidence = metadata.tables["report"], metadata.tables["report_evidence"]
    folded = reports.alias()
    held = exists().where(folded.c.duplicate_of == reports.c.id, folded.c.is_held)
    old = (
        select(reports.c.id)
        .where(reports.c.received_at < before, ~reports.c.is_held, ~held)
        .order_by(reports.c.received_at, reports.c.id)
        .limit(_BATCH)
    )
    async with engine.connect() as connection:
        firsts = (await connection.execute(old)).scalars().all()
        family = or_(reports.c.id.in_(firsts), reports.c.duplicate_of.in_(firsts))
        ids = (await connection.execute(select(reports.c.id).where(family))).scalars().all()
        files = select(evidence.c.sha256, evidence.c.original_file)
        found = (await connection.execute(files.where(evidence.c.report_id.in_(ids)))).all()
    return Due(tuple(ids), tuple(one[0] for one in found), tuple(one[1] for one in found if one[1]))


async def remove(engine: AsyncEngine, due: Due) -> int:
    """Delete these reports and every row that refers to them; returns how many reports went.

    One that was put on hold meanwhile stays, and so does all that goes with these.
    """
    reports = metadata.tables["report"]
    async with engine.execution_options(**{WRITES: True}).begin() as connection:
        locked = select(reports.c.id, reports.c.is_held).where(reports.c.id.in_(due.report_ids))
        rows = (await connection.execute(locked.with_for_update())).all()
        if any(held for _, held in rows):
            return 0
        await take_case_lock(connection)
        linked = metadata.tables["linked_report"]
        cases = select(linked.c.case_id).where(linked.c.report_id.in_(due.report_ids)).distinct()
        left = [one for one in (await connection.execute(cases)).scalars() if one is not None]
        ids = select(reports.c.id).where(reports.c.id.in_(due.report_ids))
        await remove_referring(connection, reports, ids, frozenset({reports.name}))
        await connection.execute(_count_anew(left))
        await connection.execute(delete(reports).where(reports.c.id.in_(due.report_ids)))
        return len(rows)


def _count_anew(case_ids: Collection[str]) -> Update:
    """Let cases say how many reports they still have; their days and score tell what was."""
    cases, linked = metadata.tables["fraud_case"], metadata.tables["linked_report"]
    left = select(func.count()).where(linked.c.case_id == cases.c.id).scalar_subquery()
    return (
        update(cases)
        .where(cases.c.id.in_(case_ids))
        .values(report_count=left, is_open=cases.c.is_open & (left > 0))
    )
