"""Work beside the requests: what fails is seen and begun anew, and a stop waits for nothing."""

import asyncio
import time
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from service import background_work
from service.background_work import alongside

Logs = list[MutableMapping[str, Any]]


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background_work, "_SHORTEST", 0.001)
    monkeypatch.setattr(background_work, "_LONGEST", 0.004)
    monkeypatch.setattr(background_work, "_SOUND", 0.2)


def pauses(logs: Logs) -> list[float]:
    failed = [one for one in logs if one["event"] == "work_failed"]
    assert {(one["log_level"], one["work"], one["kind"]) for one in failed} == {
        ("error", "w", "KeyError")
    }
    assert all("test_background_work.py:" in one["where"] for one in failed)
    return [one["again_in"] for one in failed]


async def until(holds: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < 5
        await asyncio.sleep(0.005)


def failing_times(times: int, *, later: asyncio.Event | None = None) -> Callable[[], Any]:
    """Return work that fails so often, then goes on for ever, or fails again once told so."""
    left = times

    async def work() -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            raise KeyError("a customer's name")  # noqa: EM101, TRY003 - what no log may tell
        await _wait_then_fail(later or asyncio.Event())

    return work


async def _wait_then_fail(later: asyncio.Event) -> None:
    await later.wait()
    later.clear()
    raise KeyError


async def test_what_fails_begins_anew_after_growing_pauses_and_is_sound_again() -> None:
    failing, later = set[str](), asyncio.Event()
    with capture_logs() as logs:
        async with alongside({"w": failing_times(5, later=later)}, failing):
            await until(lambda: len(logs) == 5)
            assert failing == {"w"}
            await until(lambda: not failing)
            assert pauses(logs) == [0.001, 0.002, 0.004, 0.004, 0.004]
            later.set()
            await until(lambda: len(logs) == 6)
            assert failing == {"w"}
            assert pauses(logs)[-1] == 0.001
    assert "customer" not in repr(logs)


async def test_other_work_goes_on_and_an_end_is_a_failure() -> None:
    rounds = 0

    async def end() -> None:
        pass

    async def go_on() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0.001)

    failing = set[str]()
    with capture_logs() as logs:
        async with alongside({"end": end, "go_on": go_on}, failing):
            await until(lambda: rounds > 20 and len(logs) > 2)
            assert failing == {"end"}
    assert {one["work"] for one in logs} == {"end"}


@pytest.mark.parametrize("is_failing", [True, False])
async def test_a_stop_waits_for_no_pause(
    is_failing: bool,  # noqa: FBT001 - a case
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background_work, "_SHORTEST", 3600.0)
    failing = set[str]()
    before = asyncio.all_tasks()
    async with alongside({"w": failing_times(is_failing)}, failing):
        await asyncio.sleep(0.01)
        assert failing == ({"w"} if is_failing else set())
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert asyncio.all_tasks() == before
