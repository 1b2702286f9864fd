"""Bring a database to this version's schema, or tell how it differs."""

import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db.tables import metadata

Result = TypeVar("Result")
_MIGRATIONS: Final = Path(__file__).parents[1] / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def upgrade(url: str, revision: str = "head") -> None:
    """Run the migrations; a database that is up to date stays as it is."""

    def work(connection: Connection) -> None:
        if revision != "head" or _revision_of(connection) != newest_revision():
            command.upgrade(_config(connection), revision)

    await _run(url, work)


def _revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _newest(folder: str) -> str | None:
    return ScriptDirectory(folder).get_current_head()


async def find_revision(engine: AsyncEngine) -> str | None:
    """Return the revision that a database is at; None for one without tables."""
    async with engine.connect() as connection:
        return await connection.run_sync(_revision_of)


def newest_revision() -> str | None:
    """Return the revision that this version is made for."""
    return _newest(str(_MIGRATIONS))


def upgrade_through(connection: Connection) -> None:
    """Run the migrations in a transaction of the caller's, on a database without tables."""
    command.upgrade(_config(connection), "head")


async def downgrade(url: str, revision: str = "base") -> None:
    """Run the migrations backwards."""
    await _run(url, lambda connection: command.downgrade(_config(connection), revision))


async def differences(url: str) -> list[Any]:
    """Return what `alembic check` would: how the tables differ from the database."""
    return await _run(url, compare)


def compare(connection: Connection) -> list[Any]:
    """Return how the tables differ from the database, through a connection of the caller's."""
    with warnings.catch_warnings():
        # The one such index is PostgreSQL's alone, and there it is compared.
        warnings.filterwarnings("ignore", "autogenerate skipping .* expression-based index")
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def _run(url: str, work: Callable[[Connection], Result]) -> Result:
    # Foreign keys stay off here: SQLite's batch mode rebuilds tables and would cascade.
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _leave_begin_to_us)
        event.listen(engine.sync_engine, "begin", _begin)
    async with engine.begin() as connection:
        result = await connection.run_sync(work)
    await engine.dispose()
    return result


def _leave_begin_to_us(connection: Any, _record: object) -> None:  # noqa: ANN401 - SQLAlchemy's
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
