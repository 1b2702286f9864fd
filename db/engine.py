"""Engines: SQLite (WAL, every commit on disk) is the embedded default, PostgreSQL production."""

import inspect
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]  # theirs to type
from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from domain.errors import ConflictError, InvalidError

SQLITE: Final = "sqlite+aiosqlite"
POSTGRESQL: Final = "postgresql+asyncpg"
WRITES: Final = "writes"
"""Execution option of a connection that means to write: SQLite then begins IMMEDIATE."""
_BUSY_MILLISECONDS: Final = 10_000


def parse_url(url: str) -> URL:
    """Return a database's URL in its parts; raises InvalidError for one that cannot be opened."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        message = "this is no database URL"  # it may hold a password: never repeat it
        raise InvalidError(message) from error
    if parsed.drivername not in {SQLITE, POSTGRESQL}:
        message = f"a database URL begins with {SQLITE}: or {POSTGRESQL}:"
        raise InvalidError(message)
    options = inspect.signature(asyncpg.connect).parameters
    if parsed.drivername == POSTGRESQL and (unknown := sorted(set(parsed.query) - set(options))):
        message = (
            f"there is no option {', '.join(unknown)} of {POSTGRESQL}: (TLS is ssl=verify-full)"
        )
        raise InvalidError(message)
    return parsed


def make_engine(url: str) -> AsyncEngine:
    """Return an engine that enforces foreign keys and durable commits."""
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - SQLAlchemy's adapter
    connection.isolation_level = None  # BEGIN is ours to say; the driver's is always deferred
    cursor = connection.cursor()
    # No `optimize`: with statistics queries become slower (decision 0005).
    for pragma in (
        f"busy_timeout={_BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    _stop_once(connection.driver_connection)


def _stop_once(driver: Any) -> None:  # noqa: ANN401 - aiosqlite's connection
    # A cancelled close is made up for by a stop, and then goes on to stop by itself. The driver's
    # thread ends with the first stop: the close would wait for its answer to the second for ever.
    stop = driver.stop

    def once() -> object:
        stopped = stop()
        driver.stop = lambda: stopped
        return stopped

    driver.stop = once


def _begin_sqlite(connection: Connection) -> None:
    # A deferred BEGIN that turns into a write fails at once when another process writes.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


async def assert_durable(engine: AsyncEngine) -> None:
    """Raise ConflictError unless an answered commit survives a crash."""
    async with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            name = "synchronous"
            found = (await connection.execute(text("PRAGMA synchronous"))).scalar_one()
            durable = found == 2  # noqa: PLR2004 - FULL, as SQLite's documentation numbers it
        else:
            name = "synchronous_commit"
            found = (await connection.execute(text("SHOW synchronous_commit"))).scalar_one()
            durable = found == "on"
    if not durable:
        message = f"commits are not durable: {name} is {found} in the database"
        raise ConflictError(message)
