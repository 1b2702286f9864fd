"""Rows go with all that refers to them, found by the foreign keys of the tables."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.retention import Aged, due, lock_holds
from db.tables import metadata
from db.units_of_work import writing

_BATCH: Final = 200  # each takes others along


async def remove_due(engine: AsyncEngine, aged: Aged, before: datetime) -> AsyncIterator[int]:
    """Delete rows older than a moment with all that refers to them; yields rows by batches."""
    table = metadata.tables[aged.table]
    (key,) = table.primary_key
    old = select(key).where(due(aged, before)).order_by(table.c[aged.moment])
    while True:
        async with writing(engine) as session:
            if aged.of_check is not None:
                await lock_holds(session)
            connection = await session.connection()
            found = (await connection.execute(old.limit(_BATCH))).scalars().all()
            if not found:
                return
            ids = select(key).where(key.in_(found))
            await remove_referring(connection, table, ids, frozenset({table.name}))
            await connection.execute(delete(table).where(key.in_(found)))
            await session.commit()
        yield len(found)


async def remove_referring(
    connection: AsyncConnection, target: Table, ids: Select[Any], passed: Collection[str]
) -> None:
    """Delete the rows of all tables that refer to these; where they need not, they let go."""
    for table in metadata.sorted_tables:
        columns = [key.parent for key in table.foreign_keys if key.column.table is target]
        if table.name in passed or not columns:
            continue
        for column in [one for one in columns if one.nullable]:
            freed = update(table).where(column.in_(ids)).values({column.name: None})
            await connection.execute(freed)
        bound = [column.in_(ids) for column in columns if not column.nullable]
        if not bound:
            continue
        refers: ColumnElement[bool] = or_(*bound)
        for key in table.primary_key:
            inner = select(key).where(refers)
            await remove_referring(connection, table, inner, {*passed, table.name})
        await connection.execute(delete(table).where(refers))
