"""Commits are durable, references hold, and two writers wait for each other."""

import asyncio
from datetime import UTC, datetime
from typing import Final

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.engine import WRITES, assert_durable
from db.tables import Badge, Photo
from domain.errors import ConflictError

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


async def test_commits_are_durable(engine: AsyncEngine) -> None:
    await assert_durable(engine)


async def test_a_lax_setting_stops_the_start(engine: AsyncEngine) -> None:
    lax = {
        "sqlite": "PRAGMA synchronous=NORMAL",
        "postgresql": "SET synchronous_commit = off",
    }[engine.dialect.name]

    def relax(connection, _record) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - DB-API
        cursor = connection.cursor()
        cursor.execute(lax)
        cursor.close()
        connection.commit()

    event.listen(engine.sync_engine, "connect", relax)
    await engine.dispose()
    with pytest.raises(ConflictError, match="not durable"):
        await assert_durable(engine)


async def test_references_are_enforced(engine: AsyncEngine) -> None:
    badge = Badge(number="B1", staff_id="nobody", expires_on=NOW.date(), status="active")
    async with AsyncSession(engine) as session:
        session.add(badge)
        with pytest.raises(IntegrityError):
            await session.commit()


async def test_times_come_back_in_utc_and_naive_ones_are_refused(engine: AsyncEngine) -> None:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        session.add(Photo(sha256="a" * 64, media_type="image/webp", stored_at=NOW))
        await session.commit()
    async with AsyncSession(engine) as session:
        assert (await session.exec(select(Photo.stored_at))).one() == NOW
        session.add(
            Photo(sha256="b" * 64, media_type="image/webp", stored_at=NOW.replace(tzinfo=None))
        )
        with pytest.raises(StatementError):
            await session.commit()


async def test_writers_wait_for_each_other(engine: AsyncEngine) -> None:
    writing = engine.execution_options(**{WRITES: True})

    async def write(number: int) -> None:
        async with AsyncSession(writing) as session:
            found = (await session.exec(select(Photo.sha256))).all()
            assert f"{number:064}" not in found
            await asyncio.sleep(0.01)  # a deferred BEGIN would meet the other writer here
            session.add(Photo(sha256=f"{number:064}", media_type="image/webp", stored_at=NOW))
            await session.commit()

    await asyncio.gather(*(write(number) for number in range(8)))
    async with AsyncSession(engine) as session:
        assert len((await session.exec(select(Photo.sha256))).all()) == 8


SLOW: Final = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)"
    " SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(0.3)",
}


async def test_a_read_that_is_cancelled_again_and_again_leaves_nothing_pending(
    engine: AsyncEngine,
) -> None:
    """As a stream's is whose client hangs up: its task group cancels until the task has ended."""

    async def read() -> None:
        async with engine.connect() as connection:
            await connection.execute(text(SLOW[engine.dialect.name]))

    before = asyncio.all_tasks()
    reading = asyncio.create_task(read())
    await asyncio.sleep(0.05)
    while not reading.done():
        reading.cancel()
        await asyncio.sleep(0)
    async with asyncio.timeout(10):
        while left := asyncio.all_tasks() - before:
            await asyncio.wait(left)
