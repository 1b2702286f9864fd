"""The databases that the same tests run on: a fresh SQLite file and a fresh PostgreSQL one."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

POSTGRES: Final = os.environ.get(
    "MENSHEN_TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
)


@asynccontextmanager
async def fresh_database(kind: str, folder: Path) -> AsyncIterator[str]:
    """Yield the URL of an empty database; skips loudly without a server, but never in CI."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder / 'menshen.sqlite3'}"
        return
    name = f"menshen_test_{secrets.token_hex(6)}"
    admin = create_async_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        async with admin.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
    except OSError as error:
        await admin.dispose()
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO POSTGRESQL, NOT TESTED ON IT: set MENSHEN_TEST_POSTGRES ({error})")
    try:
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    finally:
        async with admin.connect() as connection:
            await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        await admin.dispose()
