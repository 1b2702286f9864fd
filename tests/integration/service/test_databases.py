"""A database is copied whole, or the target stays as it was."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import JSON, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db.schema import upgrade
from db.tables import metadata
from domain.callers import Role
from domain.errors import ConflictError, InvalidError
from service.databases import Watch, copy
from tests.databases import fresh_database
from tests.reports import queue, send
from tests.services import Door, Service, running

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}
SILENT = Watch(lambda _: None, lambda _name, _rows: None)


@asynccontextmanager
async def other_kind(database: str, tmp_path: Path) -> AsyncIterator[str]:
    """Yield the URL of an empty database of the other kind."""
    folder = tmp_path / "other"
    folder.mkdir()
    async with fresh_database(OTHER[database], folder) as url:
        yield url


async def content(url: str) -> dict[str, list[tuple[object, ...]]]:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        found = {
            table.name: sorted(map(tuple, (await connection.execute(select(table))).all()), key=str)
            for table in metadata.sorted_tables
        }
    await engine.dispose()
    return found


async def tables_of(url: str) -> int:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        names = "SELECT count(*) FROM "
        names += (
            "sqlite_master WHERE type = 'table'"
            if url.startswith("sqlite")
            else "information_schema.tables WHERE table_schema = 'public'"
        )
        found = int((await connection.execute(text(names))).scalar_one())
    await engine.dispose()
    return found


@pytest.mark.parametrize("migrated", [False, True], ids=["bare", "migrated"])
async def test_every_row_arrives_as_it_was(
    door: Door, database: str, migrated_url: str, tmp_path: Path, *, migrated: bool
) -> None:
    assert (await door.scan())["reason"] == "authorised"
    told: dict[str, int] = {}

    def begin(counts: Mapping[str, int]) -> None:
        told.update(counts)

    def advance(name: str, rows: int) -> None:
        told[name] -= rows

    async with other_kind(database, tmp_path) as other:
        if migrated:
            await upgrade(other)
        copied = await copy(migrated_url, other, Watch(begin, advance))
        assert await content(other) == await content(migrated_url)
        assert (copied["verification"], copied["staff"], copied["visit_token"]) == (1, 1, 1)
        assert set(told.values()) == {0}
        with pytest.raises(ConflictError, match="the target is not empty: "):
            await copy(migrated_url, other, SILENT)


async def test_the_copy_goes_on_counting_where_the_source_stopped(
    service: Service, database: str, migrated_url: str, tmp_path: Path
) -> None:
    sent = (await send(service)).json()
    change = {"status": "triaged", "note": "seen"}
    (report,) = await queue(service)
    path = f"/v1/fraud/reports/{report['id']}"
    assert (await service.call("PATCH", path, change, role=Role.FRAUD)).status_code == 200
    async with other_kind(database, tmp_path) as other:
        await copy(migrated_url, other, SILENT)
        async with running(other, tmp_path / "other") as moved:
            changed = await moved.call("PATCH", path, {"note": "again"}, role=Role.FRAUD)
            assert changed.status_code == 200, changed.text
            tracked = await moved.call("GET", f"/v1/reports/{sent['tracking_code']}")
            assert tracked.json()["status"] == "triaged"


async def test_one_row_that_does_not_fit_leaves_nothing(
    door: Door, database: str, migrated_url: str, tmp_path: Path
) -> None:
    async with door.service.runtime.engine.begin() as connection:
        if database == "sqlite":  # what PostgreSQL refuses in a text
            await connection.execute(text("UPDATE visit SET place_hint = 'a' || char(0) || 'b'"))
        else:  # what nobody could have written through us
            await connection.execute(text("ALTER TABLE visit_token DISABLE TRIGGER ALL"))
            await connection.execute(text("UPDATE visit_token SET device_id = 'none'"))
    async with other_kind(database, tmp_path) as other:
        with pytest.raises(DBAPIError, match=r"invalid byte sequence|FOREIGN KEY"):
            await copy(migrated_url, other, SILENT)
        assert await tables_of(other) == 0


async def test_a_source_of_another_version_is_refused(
    engine: AsyncEngine, migrated_url: str, database: str, tmp_path: Path
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE staff ADD COLUMN nickname TEXT"))
    async with other_kind(database, tmp_path) as other:
        with pytest.raises(ConflictError, match="the source is not up to date"):
            await copy(migrated_url, other, SILENT)
        await upgrade(other)
        with pytest.raises(ConflictError, match="the target is not up to date"):
            await copy(other, migrated_url, SILENT)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("secret", "no database URL"),
        ("mysql://root:secret@127.0.0.1/x", "a database URL begins with"),
        ("sqlite+aiosqlite:////nowhere/at/all", "the source is no file"),
        ("sqlite+aiosqlite://", "the source is no file"),
    ],
)
async def test_what_is_no_database_is_refused(url: str, message: str) -> None:
    with pytest.raises(InvalidError, match=message) as caught:
        await copy(url, "sqlite+aiosqlite://", SILENT)
    assert "secret" not in str(caught.value)


def test_copying_knows_every_kind_of_column() -> None:
    # None would become JSON's null, not SQL's.
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    assert not [one for one in columns if isinstance(one.type, JSON) and one.nullable]
