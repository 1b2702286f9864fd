"""A report and its duplicates: who waited for a lock works on what is true by then."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest
from sqlmodel import col, select

from db.reports import Report, find_report
from db.units_of_work import reading, writing
from domain.reports import ReportStatus
from tests.e2e.http.test_intake import sent
from tests.reports import queue
from tests.services import Service

Act = Coroutine[Any, Any, object]


async def told(service: Service, number: int) -> list[str]:
    """Tell the same so often, and return the tracking codes."""
    codes = []
    for _ in range(number):
        codes.append(await sent(service))
        service.wait(minutes=1)
    return codes


async def reports(service: Service) -> Sequence[Report]:
    """Return all reports, the first received first."""
    async with reading(service.runtime.engine) as session:
        return (await session.exec(select(Report).order_by(col(Report.received_at)))).all()


def nothing(_: Report) -> None:
    """Change nothing of a report."""


async def behind(
    service: Service, report_id: str, change: Callable[[Report], None], *acts: Act
) -> list[object]:
    """Have acts wait for a report while it is changed; return how each ended."""
    async with asyncio.timeout(20):
        async with writing(service.runtime.engine) as session:
            locked = await find_report(session, report_id, locked=True)
            waiting = [asyncio.ensure_future(act) for act in acts]
            done, _ = await asyncio.wait(waiting, timeout=0.4)
            assert not done
            change(locked)
            await session.commit()
        return await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_repeats_a_report_that_is_closed_meanwhile_comes_into_the_queue(
    service: Service,
) -> None:
    await told(service, 1)
    (first,) = await reports(service)

    def close(report: Report) -> None:
        report.status, report.due_at = ReportStatus.DISMISSED, None

    await behind(service, first.id, close, sent(service))
    (_, other) = await reports(service)
    assert (other.duplicate_of, other.status) == (None, "new")
    assert [one["id"] for one in await queue(service, sort="due")] == [other.id]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_what_repeats_a_report_that_is_held_meanwhile_is_held(service: Service) -> None:
    await told(service, 1)
    (first,) = await reports(service)

    def hold(report: Report) -> None:
        report.is_held, report.duplicate_count = True, 7

    await behind(service, first.id, hold, sent(service))
    (first, other) = await reports(service)
    assert (other.duplicate_of, other.is_held) == (first.id, True)
    assert first.duplicate_count == 8


async def test_a_lock_brings_what_is_true_and_keeps_what_is_pending(service: Service) -> None:
    await told(service, 1)
    (first,) = await reports(service)
    async with writing(service.runtime.engine) as session:
        report = await find_report(session, first.id)
        report.assignee = "A-1"
        assert (await find_report(session, first.id, locked=True)).assignee == "A-1"
        await session.commit()
    (first,) = await reports(service)
    assert first.assignee == "A-1"
