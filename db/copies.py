"""Copy every row of one database into another: all of them in one transaction, or none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Table, func, insert, inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db import schema
from db.engine import WRITES
from db.tables import metadata
from domain.errors import ConflictError

_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Watch:
    """Who hears of a copy: `begin` the tables with their rows, `advance` a table's next rows."""

    begin: Callable[[Mapping[str, int]], None]
    advance: Callable[[str, int], None]


async def copy_all(source: AsyncEngine, target: AsyncEngine, watch: Watch) -> dict[str, int]:
    """Copy all rows and return table -> rows; a target without tables is migrated first.

    Raises ConflictError, and changes nothing, when the source is not up to date, the target is
    neither empty nor up to date, or not every row arrived.
    """
    # REPEATABLE READ is PostgreSQL's snapshot; SQLite's BEGIN is one by itself.
    level = {} if source.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    async with (
        source.execution_options(**level).connect() as from_,
        target.execution_options(**{WRITES: True}).begin() as to,
    ):
        await _check(from_, "the source")
        if not await to.run_sync(_has_tables):
            await to.run_sync(schema.upgrade_through)
        await _check(to, "the target")
        if filled := [name for name, rows in (await count_all(to)).items() if rows]:
            message = f"the target is not empty: {', '.join(filled)}"
            raise ConflictError(message)
        expected = await count_all(from_)
        watch.begin(expected)
        for table in metadata.sorted_tables:
            await _copy(from_, to, table, watch)
            await _set_counter(to, table)
        if (arrived := await count_all(to)) != expected:
            message = f"not every row arrived: {expected} became {arrived}"
            raise ConflictError(message)
    return expected


async def count_all(connection: AsyncConnection) -> dict[str, int]:
    """Return table -> rows, in an order that foreign keys allow."""
    return {
        table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
        for table in metadata.sorted_tables
    }


async def _copy(from_: AsyncConnection, to: AsyncConnection, table: Table, watch: Watch) -> None:
    async with from_.stream(select(table)) as rows:
        async for batch in rows.mappings().partitions(_BATCH):
            await to.execute(insert(table), [dict(row) for row in batch])
            watch.advance(table.name, len(batch))


async def _set_counter(connection: AsyncConnection, table: Table) -> None:
    # PostgreSQL counts in a sequence of its own, which copied numbers do not move.
    counted = table.autoincrement_column
    if counted is None or connection.dialect.name != "postgresql":
        return
    sequence = func.pg_get_serial_sequence(table.name, counted.name)
    last = select(func.coalesce(func.max(counted), 0) + 1).scalar_subquery()
    await connection.execute(select(func.setval(sequence, last, False)))  # noqa: FBT003 - SQL's own


async def _check(connection: AsyncConnection, which: str) -> None:
    if await connection.run_sync(schema.compare):
        message = f"{which} is not up to date; run menshen db upgrade on it"
        raise ConflictError(message)


def _has_tables(connection: Connection) -> bool:
    return bool(inspect(connection).get_table_names())
