"""Databases and services that tests ask for; each test that does runs on both databases."""

import gc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import make_engine
from db.schema import upgrade
from tests.databases import fresh_database
from tests.services import Door, Service, open_door, running


def pytest_collection_finish() -> None:
    # What was imported stays: looking for cycles in it again and again is a tenth of the time.
    gc.collect()
    gc.freeze()


@pytest.fixture(params=["sqlite", "postgresql"], scope="session")
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest_asyncio.fixture
async def empty_url(database: str, tmp_path: Path) -> AsyncIterator[str]:
    async with fresh_database(database, tmp_path) as url:
        yield url


@pytest_asyncio.fixture(scope="session")
async def template(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Migrate once; tests get copies."""
    async with fresh_database(database, tmp_path_factory.mktemp("template")) as url:
        await upgrade(url)
        yield url


@pytest_asyncio.fixture
async def migrated_url(database: str, template: str, tmp_path: Path) -> AsyncIterator[str]:
    async with fresh_database(database, tmp_path, template) as url:
        yield url


@pytest_asyncio.fixture
async def engine(migrated_url: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(migrated_url)
    yield made
    await made.dispose()


@pytest_asyncio.fixture
async def service(migrated_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with running(migrated_url, tmp_path / "data") as made:
        yield made


@pytest_asyncio.fixture
async def door(service: Service) -> Door:
    return await open_door(service)
