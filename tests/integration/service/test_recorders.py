"""Recorded means committed; concurrent checks share a commit, and one bad row costs no other."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select
from typing_extensions import override

from db.sightings import SightingRow
from db.units_of_work import reading
from db.verifications import (
    EmbeddedInserts,
    Inserts,
    Row,
    SightingMessage,
    Verification,
    open_inserts,
)
from service.recorders import NotRecordedError, Recorder

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def check(number: int, reason: str = "authorised") -> Row:
    return Row(id=f"ve_{number}", checked_at=NOW, kind="visit_code", reason=reason)


@pytest.fixture
def inserts(engine: AsyncEngine) -> Iterator[Inserts]:
    made = open_inserts(engine)
    yield made
    made.close()


@dataclass
class Counted(Inserts):
    """Remembers how many rows each commit had."""

    inner: Inserts
    sizes: list[int] = field(default_factory=list)

    @override
    async def insert(
        self,
        rows: Sequence[Row],
        sightings: Sequence[SightingRow] = (),
        messages: Sequence[SightingMessage] = (),
    ) -> None:
        await self.inner.insert(rows, sightings, messages)
        self.sizes.append(len(rows))


async def recorded(engine: AsyncEngine) -> set[str]:
    async with reading(engine) as session:
        return set((await session.exec(select(Verification.id))).all())


async def test_a_recorded_check_is_there(engine: AsyncEngine, inserts: Inserts) -> None:
    await Recorder(inserts).record(check(1))
    assert await recorded(engine) == {"ve_1"}


async def test_concurrent_checks_share_commits(engine: AsyncEngine, inserts: Inserts) -> None:
    counted = Counted(inserts)
    recorder = Recorder(counted)
    await asyncio.gather(*(recorder.record(check(number)) for number in range(1200)))
    assert sum(counted.sizes) == len(await recorded(engine)) == 1200
    assert len(counted.sizes) <= 4  # a statement takes 500
    await recorder.record(check(1200))
    assert len(await recorded(engine)) == 1201


def test_an_embedded_commit_is_on_disk_before_it_is_answered(inserts: Inserts) -> None:
    if isinstance(inserts, EmbeddedInserts):  # PostgreSQL's is asserted of its engine
        connection = inserts._connection  # noqa: SLF001 - the setting is the point
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_one_bad_row_fails_alone(engine: AsyncEngine, inserts: Inserts) -> None:
    recorder = Recorder(inserts)
    rows = [check(1), check(2, reason="no such reason"), check(3), check(1)]
    outcomes = await asyncio.gather(*(recorder.record(row) for row in rows), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [
        type(None),
        NotRecordedError,
        type(None),
        NotRecordedError,
    ]
    assert await recorded(engine) == {"ve_1", "ve_3"}


async def test_who_hangs_up_is_recorded_and_disturbs_nobody(
    engine: AsyncEngine, inserts: Inserts
) -> None:
    recorder = Recorder(inserts)
    leaving = asyncio.create_task(recorder.record(check(1)))
    staying = asyncio.create_task(recorder.record(check(2)))
    await asyncio.sleep(0)
    leaving.cancel()
    await staying
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert await recorded(engine) == {"ve_1", "ve_2"}
