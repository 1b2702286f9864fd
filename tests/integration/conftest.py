"""Every integration test that asks for a database runs on both kinds."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import make_engine
from db.schema import upgrade
from tests.databases import fresh_database


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async with fresh_database(request.param, tmp_path) as url:
        yield url


@pytest_asyncio.fixture
async def engine(empty_url: str) -> AsyncIterator[AsyncEngine]:
    await upgrade(empty_url)
    made = make_engine(empty_url)
    yield made
    await made.dispose()
