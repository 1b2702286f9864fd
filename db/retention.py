"""Rows that have outlived their use, and how they go: a few at a time, found without a lock."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    delete,
    func,
    not_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from db.advisory_locks import take_lock
from db.tables import metadata
from db.units_of_work import writing

_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Aged:
    """Rows of a table by the age of their `moment`; the `blanked` column goes, else the row.

    What a check belongs to, by `of_check` (its column here, its column there), stays while a report
    that came from the check is on hold.
    """

    table: str
    moment: str
    blanked: str | None = None
    of_check: tuple[str, str] | None = None


async def count_due(
    engine: AsyncEngine, aged: Aged, before: datetime, *gone: tuple[Aged, datetime]
) -> int:
    """Return how many rows are older than a moment and not cleared yet, nor due by `gone`."""
    query = select(func.count()).select_from(metadata.tables[aged.table]).where(due(aged, before))
    query = query.where(*(not_(due(*one)) for one in gone))
    async with engine.connect() as connection:
        return (await connection.execute(query)).scalar_one()


async def clear_due(engine: AsyncEngine, aged: Aged, before: datetime) -> AsyncIterator[int]:
    """Clear rows older than a moment, and yield after each batch how many it had.

    A batch is found by a read and written in a short transaction of its own: cleared rows are
    passed over once, and SQLite's write lock is held for milliseconds.
    """
    table = metadata.tables[aged.table]
    (key,) = table.primary_key
    place: list[ColumnElement[Any]] = [table.c[aged.moment], key]
    query = select(*place).where(due(aged, before)).order_by(*place).limit(_BATCH)
    statement = (
        delete(table) if aged.blanked is None else update(table).values({aged.blanked: None})
    )
    found = await _read(engine, query)
    while found:
        gone = statement.where(key.in_([row[1] for row in found]), due(aged, before))
        async with writing(engine) as session:
            if aged.of_check is not None:
                await lock_holds(session)
            cleared = (await (await session.connection()).execute(gone)).rowcount
            await session.commit()
        yield cleared
        found = await _read(engine, query.where(tuple_(*place) > tuple(found[-1])))


async def lock_holds(session: AsyncSession) -> None:
    """Let nobody hold a report, nor remove what held ones came from, until the transaction ends.

    Without it a hold that is being set as checks are removed is seen by neither side. Whoever holds
    reports has locked them before; whoever removes asks anew what is due, and locks no report.
    """
    await take_lock(session, hashlib.sha256(b"what held reports came from").digest())


def due(aged: Aged, before: datetime) -> ColumnElement[bool]:
    """Return what is true of the rows that go."""
    table = metadata.tables[aged.table]
    old = table.c[aged.moment] < before
    if aged.of_check is not None:
        here, there = aged.of_check
        check, report = metadata.tables["verification"].alias(), metadata.tables["report"]
        # Read from the few that are held: asked of each row, all reports would be looked through.
        held = (
            select(check.c[there])
            .join(report, report.c.verification_id == check.c.id)
            .where(report.c.is_held, check.c[there].is_not(None))
        )
        old = and_(old, table.c[here].not_in(held))
    return old if aged.blanked is None else and_(old, table.c[aged.blanked].is_not(None))


async def _read(
    engine: AsyncEngine, query: Select[*tuple[Any, ...]]
) -> Sequence[Row[*tuple[Any, ...]]]:
    async with engine.connect() as connection:
        rows: Sequence[Row[*tuple[Any, ...]]] = (await connection.execute(query)).all()
        return rows
