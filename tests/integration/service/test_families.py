"""A report and its duplicates: who waited for a lock works on what is true by then."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from db.duplicates import lock_family
from db.report_counts import ReportCount, recount
from db.reports import Report, find_report
from db.units_of_work import reading, writing
from domain.callers import Caller, Role
from domain.errors import NotFoundError
from domain.reports import ReportStatus
from service import duplicates, holds
from tests.e2e.http.test_intake import patch, sent
from tests.reports import queue
from tests.services import Service

ANALYST = Caller("A-1", frozenset({Role.FRAUD}))
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


async def test_a_duplicate_withdrawn_with_its_first_leaves_the_next_one_in_the_queue(
    service: Service,
) -> None:
    codes = await told(service, 3)
    (first, heir, last) = await reports(service)
    ended = await behind(
        service,
        first.id,
        nothing,
        *(service.call("POST", f"/v1/reports/{code}/withdraw") for code in codes[:2]),
    )
    assert [one.status_code for one in ended if isinstance(one, httpx.Response)] == [200, 200]
    (left,) = await queue(service, sort="due")
    assert (left["id"], left["duplicate_count"]) == (last.id, 2)
    shown = [(one.status, one.duplicate_of) for one in await reports(service)]
    assert shown == [("withdrawn", last.id), ("withdrawn", last.id), ("new", None)]
    assert heir.id != last.id


@pytest.mark.parametrize("withdrawn", [0, 1])
async def test_a_family_is_locked_whole_and_the_first_one_first(
    service: Service, withdrawn: int
) -> None:
    codes = await told(service, 3)
    (first, heir, last) = await reports(service)
    async with writing(service.runtime.engine) as session:
        family = await lock_family(session, last.id)
        assert [one.id for one in family] == [first.id, *sorted([heir.id, last.id])]
        await session.rollback()
    await service.call("POST", f"/v1/reports/{codes[withdrawn]}/withdraw")
    async with writing(service.runtime.engine) as session:
        family = await lock_family(session, first.id)
        assert family[0].id == (heir.id, first.id)[withdrawn]
        assert {one.id for one in family} == {first.id, heir.id, last.id}
        with pytest.raises(NotFoundError):
            await lock_family(session, "rp_none")


async def test_a_first_that_is_folded_itself_is_locked_all_the_same(service: Service) -> None:
    await told(service, 3)
    (first, other, last) = await reports(service)
    async with writing(service.runtime.engine) as session:
        (await find_report(session, other.id)).duplicate_of = last.id
        await session.commit()
    assert last.duplicate_of == first.id
    async with asyncio.timeout(5), writing(service.runtime.engine) as session:
        assert [one.id for one in await lock_family(session, other.id)] == [last.id, other.id]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_who_waited_for_a_family_gets_the_one_that_it_is_by_then(service: Service) -> None:
    await told(service, 2)
    (first, other) = await reports(service)

    async def lock() -> list[str]:
        async with writing(service.runtime.engine) as session:
            return [one.id for one in await lock_family(session, other.id)]

    async with writing(service.runtime.engine) as session:
        report = await find_report(session, other.id, locked=True)
        locked = await find_report(session, first.id, locked=True)
        waiting = asyncio.ensure_future(lock())
        done, _ = await asyncio.wait({waiting}, timeout=0.4)
        assert not done
        report.duplicate_of, locked.duplicate_of = None, other.id
        await session.commit()
    assert await waiting == [other.id, first.id]


async def test_two_who_separate_one_duplicate_count_it_once(service: Service) -> None:
    await told(service, 2)
    (first, other) = await reports(service)
    twice = [duplicates.separate(service.runtime, ANALYST, other.id) for _ in range(2)]
    ended = await behind(service, first.id, nothing, *twice)
    assert sorted(type(one).__name__ for one in ended) == ["ConflictError", "NoneType"]
    (first, other) = await reports(service)
    assert (first.duplicate_count, other.duplicate_of) == (0, None)


async def test_a_hold_beside_work_on_a_duplicate_leaves_the_counts_right(
    service: Service,
) -> None:
    await told(service, 2)
    (first, other) = await reports(service)

    def look(report: Report) -> None:
        report.looked_after = 5

    held = holds.hold(service.runtime, ANALYST, first.id, "court order 7", held=True)
    await behind(service, other.id, look, held)
    async with writing(service.runtime.engine) as session:
        query = select(ReportCount.dimension, ReportCount.value, ReportCount.count)
        kept = set((await session.exec(query.where(ReportCount.count > 0))).all())
        await recount(session)
        assert set((await session.exec(query)).all()) == kept
    assert all(one.is_held for one in await reports(service))


async def test_what_is_taken_out_from_under_a_closed_report_is_to_be_worked_on(
    service: Service,
) -> None:
    await told(service, 2)
    (first, other) = await reports(service)
    for subject in ("A-1", "A-2"):
        await patch(service, first.id, subject, status="dismissed")
    await duplicates.separate(service.runtime, ANALYST, other.id)
    (first, other) = await reports(service)
    assert (first.status, other.status) == ("dismissed", "new")
    assert [one["id"] for one in await queue(service, sort="due")] == [other.id]
