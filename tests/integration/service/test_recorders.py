"""Recorded means committed; concurrent checks share a commit, and one bad row costs no other."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from db.units_of_work import reading
from db.verifications import Verification
from service.recorders import NotRecordedError, Recorder

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def check(number: int, reason: str = "authorised") -> Verification:
    return Verification(id=f"ve_{number}", checked_at=NOW, kind="visit_code", reason=reason)


async def recorded(engine: AsyncEngine) -> set[str]:
    async with reading(engine) as session:
        return set((await session.exec(select(Verification.id))).all())


async def test_a_recorded_check_is_there(engine: AsyncEngine) -> None:
    await Recorder(engine).record(check(1))
    assert await recorded(engine) == {"ve_1"}


async def test_concurrent_checks_share_commits(engine: AsyncEngine) -> None:
    recorder = Recorder(engine)
    commits: list[object] = []
    event.listen(engine.sync_engine, "commit", commits.append)
    await asyncio.gather(*(recorder.record(check(number)) for number in range(50)))
    assert 0 < len(commits) <= 3
    assert len(await recorded(engine)) == 50
    await recorder.record(check(50))
    assert len(await recorded(engine)) == 51


async def test_one_bad_row_fails_alone(engine: AsyncEngine) -> None:
    recorder = Recorder(engine)
    rows = [check(1), check(2, reason="no such reason"), check(3), check(1)]
    outcomes = await asyncio.gather(*(recorder.record(row) for row in rows), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [
        type(None),
        NotRecordedError,
        type(None),
        NotRecordedError,
    ]
    assert await recorded(engine) == {"ve_1", "ve_3"}


async def test_who_hangs_up_is_recorded_and_disturbs_nobody(engine: AsyncEngine) -> None:
    recorder = Recorder(engine)
    leaving = asyncio.create_task(recorder.record(check(1)))
    staying = asyncio.create_task(recorder.record(check(2)))
    await asyncio.sleep(0)
    leaving.cancel()
    await staying
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert await recorded(engine) == {"ve_1", "ve_2"}
