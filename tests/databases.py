"""The databases that the same tests run on: a fresh SQLite file and a fresh PostgreSQL one."""

import os
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from db.tables import metadata

POSTGRES: Final = os.environ.get(
    "MENSHEN_TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
)


@asynccontextmanager
async def fresh_database(
    kind: str, folder: Path, template: str | None = None
) -> AsyncIterator[str]:
    """Yield the URL of an empty database, or of a copy of `template` (another's URL).

    Skips loudly without a server, but never in CI.
    """
    if kind == "sqlite":
        file = folder / "menshen.sqlite3"
        if template is not None:
            shutil.copy(make_url(template).database or "", file)
        yield f"sqlite+aiosqlite:///{file}"
        return
    patience = {"server_settings": {"statement_timeout": "60s"}}  # a drop may wait for ever
    admin = create_async_engine(POSTGRES, isolation_level="AUTOCOMMIT", connect_args=patience)
    try:
        kept = _kept.get(template or "", [])
        url = kept.pop() if kept else await _create(admin, template)
        if template is not None and template not in _shapes:
            _shapes[template] = await _run(url, _SHAPE)
    except OSError as error:
        await admin.dispose()
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO POSTGRESQL, NOT TESTED ON IT: set MENSHEN_TEST_POSTGRES ({error})")
    try:
        yield url
    finally:
        if template is not None and await _empty(url, template):
            _kept.setdefault(template, []).append(url)
        else:
            for one in (url, *_kept.pop(url, ())):
                await _drop(admin, one)
        await admin.dispose()


_kept: Final[dict[str, list[str]]] = {}
"""Template -> its copies that are empty again: emptying one takes a tenth of copying one."""


_shapes: Final[dict[str, object]] = {}
"""Template -> what its tables look like, read off a copy: a template must have no visitors."""


async def _create(admin: AsyncEngine, template: str | None) -> str:
    name = f"menshen_test_{secrets.token_hex(6)}"
    copied = "" if template is None else f" TEMPLATE {make_url(template).database}"
    async with admin.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}{copied}"))
    return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


async def _drop(admin: AsyncEngine, url: str) -> None:
    async with admin.connect() as connection:
        database = make_url(url).database
        await connection.execute(text(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)"))


async def _empty(url: str, template: str) -> bool:
    """Empty a copy of a template; False when the test changed its tables or took it away."""
    deletes = " ".join(f'DELETE FROM "{one.name}";' for one in metadata.tables.values())  # noqa: S608 - our own names
    # As a replica, so that no foreign key asks for an order.
    emptied = f"SET LOCAL session_replication_role = replica; {deletes}"
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(_OTHERS_END)
            shape = await connection.exec_driver_sql(_SHAPE)
            if shape.scalar() != _shapes[template]:
                return False
            await connection.exec_driver_sql(f"DO $$ BEGIN {emptied} END $$")
    except DBAPIError:
        return False
    return True


_OTHERS_END: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


_SHAPE: Final = """
SELECT (SELECT md5(string_agg(concat(relname, attname, atttypid, attnotnull), ' '
      ORDER BY relname, attnum)) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped)
  || (SELECT md5(string_agg(concat(tgname, tgenabled), ' ' ORDER BY tgname)) FROM pg_trigger)
  || (SELECT md5(string_agg(pg_get_constraintdef(oid), ' ' ORDER BY conname)) FROM pg_constraint)
"""


async def _run(url: str, statement: str) -> object:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        found = await connection.exec_driver_sql(statement)
        return found.scalar() if found.returns_rows else None
