"""Migrations and table classes say the same, in both directions, on both databases."""

import re
from collections.abc import Iterator

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db.schema import differences, downgrade, upgrade
from db.tables import metadata


def conditions_in(connection: Connection) -> Iterator[tuple[str, str | None, str]]:
    seen = inspect(connection)
    for table in metadata.tables:
        for check in seen.get_check_constraints(table):
            yield table, check["name"], re.sub(r"\s+", " ", check["sqltext"])
        for index in seen.get_indexes(table):
            for condition in index.get("dialect_options", {}).values():
                yield table, index["name"], str(condition)
    if connection.dialect.name == "postgresql":
        ours = "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        for name, body in connection.execute(text(ours)):
            yield "function", name, body


async def conditions_of(url: str) -> list[tuple[str, str | None, str]]:
    """Every CHECK, WHERE of an index and function: alembic's comparison overlooks them."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        found = await connection.run_sync(lambda sync: sorted(conditions_in(sync)))
    await engine.dispose()
    return found


async def test_migrations_make_what_the_classes_say(empty_url: str) -> None:
    assert len(await differences(empty_url)) > len(metadata.tables)
    await upgrade(empty_url)
    await upgrade(empty_url)  # and again: nothing to do
    assert await differences(empty_url) == []


async def test_migrations_make_the_same_conditions(empty_url: str) -> None:
    await upgrade(empty_url)
    migrated = await conditions_of(empty_url)
    await downgrade(empty_url)
    engine = create_async_engine(empty_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    assert migrated == await conditions_of(empty_url)
    assert len(migrated) > 8
    assert any(index == "ix_verification_ref_checked_at" for _, index, _ in migrated)


async def test_going_back_leaves_nothing(empty_url: str) -> None:
    await upgrade(empty_url)
    await downgrade(empty_url)
    engine = create_async_engine(empty_url)
    async with engine.connect() as connection:
        left = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        assert left == ["alembic_version"]
        assert (
            await connection.execute(text("SELECT count(*) FROM alembic_version"))
        ).scalar() == 0
    await engine.dispose()


async def test_a_stray_column_is_noticed(engine: AsyncEngine, migrated_url: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE staff ADD COLUMN nickname TEXT"))
    assert [kind for kind, *_ in await differences(migrated_url)] == ["remove_column"]
