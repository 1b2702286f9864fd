"""The database as an operator sees it: bring it up to date, hear how it differs, is it there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from db import schema
from db.copies import Watch, copy_all
from db.engine import SQLITE, make_engine, parse_url
from domain.errors import ConflictError, InvalidError
from domain.states import KeyState
from service import signing_keys
from service.recorders import NotRecordedError
from service.runtime import Runtime
from service.settings import Settings

__all__ = [
    "Watch",
    "assert_current",
    "assert_ready",
    "copy",
    "differences",
    "open_engine",
    "upgrade",
]


@asynccontextmanager
async def open_engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """Yield an engine for work beside a running server; an embedded database is migrated first.

    Raises ConflictError for a server's database of another version.
    """
    settings.make_data_dir()
    engine = settings.make_engine()
    try:
        if engine.dialect.name == "sqlite":
            await schema.upgrade(settings.database)
        await assert_current(engine)
        yield engine
    finally:
        await engine.dispose()


async def upgrade(url: str) -> None:
    """Run the migrations; safe to repeat."""
    await schema.upgrade(url)


async def differences(url: str) -> list[str]:
    """Return a line for each difference between this version's tables and the database."""
    return [str(difference) for difference in await schema.differences(url)]


async def copy(from_url: str, to_url: str, watch: Watch) -> dict[str, int]:
    """Copy one database to an empty other and return table -> rows; see `db.copies.copy_all`.

    Sealed values stay as they are, so the copy opens under the same key-encryption key only.
    Raises InvalidError for a URL of another kind or a missing file, and ConflictError.
    """
    parsed = parse_url(from_url)
    if parsed.drivername == SQLITE and not await asyncio.to_thread(_is_file, parsed.database):
        message = "the source is no file"  # SQLite would make one
        raise InvalidError(message)
    parse_url(to_url)
    source, target = make_engine(from_url), make_engine(to_url)
    try:
        return await copy_all(source, target, watch)
    finally:
        await source.dispose()
        await target.dispose()


def _is_file(path: str | None) -> bool:
    return Path(path or "").is_file()


async def assert_current(engine: AsyncEngine) -> None:
    """Raise ConflictError unless the database has the tables of this very version."""
    # With others everything seems well until the first statement that names a column they lack.
    found, needed = await schema.find_revision(engine), schema.newest_revision()
    if found != needed:
        state = "has no tables" if found is None else f"is at revision {found}"
        message = f"the database {state}, this version needs {needed}: run menshen db upgrade"
        raise ConflictError(message)


async def assert_ready(runtime: Runtime) -> None:
    """Raise NotRecordedError unless the database answers, is current and has an active key."""
    try:
        await assert_current(runtime.engine)
        keys = await signing_keys.list_keys(runtime.engine)
    except (SQLAlchemyError, OSError) as error:
        message = "the database does not answer"
        raise NotRecordedError(message) from error
    except ConflictError as error:
        raise NotRecordedError(str(error)) from error
    if not any(key.state is KeyState.ACTIVE for key in keys):
        message = "no signing key is active"
        raise NotRecordedError(message)
