"""A merge says what it brought, and is taken back to exactly what was before."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event

from db.case_queries import find_case, keep_apart, lock_cases
from db.cases import FraudCase, LinkedReport
from db.merges import find_last_merge
from db.reports import Report, find_report
from db.units_of_work import reading, writing
from domain.callers import Caller, Role
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.indicators import IndicatorKind
from domain.statistics import LinkVerdict
from service import case_changes, cases, link_verdicts, merges
from service.case_changes import LINKER, CaseWork
from tests.integration.service.test_linking import OTHER, RING, case_of, told
from tests.services import Service

ANALYST = Caller("A-1", frozenset({Role.FRAUD}))
VERY_MANY = [f"rp_{number}" for number in range(33_000)]
"""Reports that are gone by now; PostgreSQL takes 32,767 parameters a statement."""
ELSEWHERE: dict[str, Any] = {
    "place": None,
    "description": "a loan by text message",
    "asked_for": ["documents"],
}


async def two_cases(service: Service) -> tuple[str, str, list[str], list[str]]:
    """Have two cases of two reports each; return both and their reports in order."""
    ours = sorted([await told(service, RING) for _ in range(2)])
    theirs = sorted([await told(service, OTHER, **ELSEWHERE) for _ in range(2)])
    case_id, other_id = await case_of(service, ours[0]), await case_of(service, theirs[0])
    assert case_id and other_id and case_id != other_id  # noqa: PT018 - one fact
    return case_id, other_id, ours, theirs


async def merge(service: Service, case_id: str, other_id: str) -> cases.CaseDetail:
    """Merge by hand, a little later."""
    service.wait(minutes=1)
    return await merges.merge(service.runtime, ANALYST, case_id, other_id)


async def merge_as_linker(service: Service, case_id: str, other_id: str) -> None:
    """Merge as the linker does, a little later."""
    service.wait(minutes=1)
    async with writing(service.runtime.engine) as session:
        await lock_cases(session)
        work = CaseWork(session, service.runtime, LINKER, service.now)
        case, other = [await find_case(session, one) for one in (case_id, other_id)]
        await case_changes.merge(work, case, other)
        await case_changes.measure(work, case)
        await session.commit()


async def take_back(service: Service, case_id: str, other_id: str) -> cases.CaseDetail:
    """Take a merge back, a little later."""
    service.wait(minutes=1)
    return await merges.take_back(service.runtime, ANALYST, case_id, other_id)


async def members(service: Service, case_id: str) -> list[str]:
    """Return the reports of a case, in order."""
    detail = await cases.read_case(service.runtime, case_id)
    return sorted(one.report.id for one in detail.reports)


def acts(detail: cases.CaseDetail) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.kind, one.text, one.report_ids) for one in detail.history]


async def test_a_question_shows_both_cases_and_what_they_share(service: Service) -> None:
    ours = [await told(service, RING) for _ in range(2)]
    new = await cases.split(
        service.runtime, ANALYST, str(await case_of(service, ours[0])), ours[:1]
    )
    asked = await merges.ask(service.runtime, new.id, str(await case_of(service, ours[1])))
    assert asked.are_kept_apart
    assert (asked.case.summary.id, asked.case.summary.report_count) == (new.id, 1)
    (plate,) = asked.other.facts[IndicatorKind.PLATE]
    assert (plate.shown, plate.count, plate.is_shared) == ("ABC-1234", 1, True)
    assert await members(service, new.id) == ours[:1]


async def test_a_question_shows_the_most_frequent_and_how_many_more(service: Service) -> None:
    case_id, other_id, _, theirs = await two_cases(service)
    plates = [{**OTHER, "plate": f"AAA-000{number}"} for number in range(7)]
    more = [await told(service, one, **ELSEWHERE) for one in plates]
    await cases.pin(service.runtime, ANALYST, other_id, more, pinned=True)
    asked = await merges.ask(service.runtime, case_id, other_id)
    shown = asked.other.facts[IndicatorKind.PLATE]
    assert [(one.shown, one.count) for one in shown[:2]] == [("XYZ-9876", 2), ("AAA-0000", 1)]
    assert (len(shown), asked.other.more[IndicatorKind.PLATE]) == (5, 3)
    assert asked.other.summary.report_count == len(theirs + more)


async def test_a_merge_names_the_reports_and_is_taken_back(service: Service) -> None:
    case_id, other_id, ours, theirs = await two_cases(service)
    before = [await cases.read_case(service.runtime, one) for one in (case_id, other_id)]
    merged = await merge(service, case_id, other_id)
    assert acts(merged)[0] == ("merged", other_id, tuple(theirs))
    gone = await cases.read_case(service.runtime, other_id)
    assert acts(gone)[0] == ("merged", f"-> {case_id}", tuple(theirs))
    assert await merges.find_returnable(service.runtime, merged) == [merged.history[0]]
    back = await take_back(service, case_id, other_id)
    after = [back, await cases.read_case(service.runtime, other_id)]
    assert acts(back)[0] == ("split", other_id, tuple(theirs))
    assert acts(after[1])[0] == ("opened", "", tuple(theirs))
    assert await merges.find_returnable(service.runtime, back) == []
    assert [await members(service, one) for one in (case_id, other_id)] == [ours, theirs]
    for was, now in zip(before, after, strict=True):
        assert (now.reports, now.links, now.merged_into) == (was.reports, was.links, None)
        assert (now.first_at, now.last_at, now.score) == (was.first_at, was.last_at, was.score)
    # The linker does not put together again what people parted.
    assert [one.kept_apart for one in after] == [(other_id,), (case_id,)]
    async with reading(service.runtime.engine) as session:
        verdicts = [(await find_report(session, one)).link_verdict for one in (*ours, *theirs)]
    assert verdicts == [None] * 4  # people merged: the linker was not wrong


async def test_what_went_elsewhere_since_is_left_there(service: Service) -> None:
    case_id, other_id, ours, theirs = await two_cases(service)
    await merge(service, case_id, other_id)
    later = await told(service, RING)
    new = await cases.split(service.runtime, ANALYST, case_id, theirs[:1])
    await take_back(service, case_id, other_id)
    assert await members(service, other_id) == theirs[1:]
    assert await members(service, new.id) == theirs[:1]
    assert await members(service, case_id) == sorted([*ours, later])


async def test_a_case_that_brought_very_many_is_still_shown(service: Service) -> None:
    case_id, other_id, _, theirs = await two_cases(service)
    merged = await merge(service, case_id, other_id)
    last = merged.history[0]
    gone = tuple(VERY_MANY)
    for ids, found in ((gone + last.report_ids, 1), (last.report_ids + gone, 1), (gone, 0)):
        act = replace(last, report_ids=ids)
        shown = await merges.find_returnable(service.runtime, replace(merged, history=(act,)))
        assert len(shown) == found
    statements: list[str] = []
    engine = service.runtime.engine.sync_engine
    act = replace(last, report_ids=(*theirs, "rp_1"))
    others = [replace(act, text=f"fc_{number}") for number in range(50)]
    async with writing(service.runtime.engine) as session:
        case = await find_case(session, other_id)
        for one in others:
            session.add(FraudCase(**{**case.model_dump(), "id": one.text}))
        await session.commit()
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    shown = await merges.find_returnable(service.runtime, replace(merged, history=tuple(others)))
    assert len(shown) == len(others)
    assert len([one for one in statements if one.startswith("SELECT")]) <= 3


async def test_only_a_merge_that_stands_is_taken_back(service: Service) -> None:
    case_id, other_id, ours, theirs = await two_cases(service)

    async def refused(error: type[Exception]) -> None:
        with pytest.raises(error):
            await take_back(service, case_id, other_id)

    await refused(ConflictError)
    await merge(service, case_id, other_id)
    with pytest.raises(NotFoundError):
        await take_back(service, "fc_none", other_id)
    new = await cases.split(service.runtime, ANALYST, case_id, ours)
    await refused(InvalidError)  # nothing would be left
    await merge(service, new.id, case_id)
    await refused(ConflictError)  # it is closed itself
    await take_back(service, new.id, case_id)
    assert await members(service, case_id) == theirs
    await cases.pin(service.runtime, ANALYST, new.id, theirs, pinned=True)
    await refused(ConflictError)  # nobody of them is here any more


async def test_the_last_of_several_merges_counts(service: Service) -> None:
    case_id, other_id, ours, theirs = await two_cases(service)
    await merge(service, case_id, other_id)
    await take_back(service, case_id, other_id)
    await cases.pin(service.runtime, ANALYST, other_id, ours[:1], pinned=True)
    merged = await merge(service, case_id, other_id)
    assert merged.kept_apart == ()
    assert await merges.find_returnable(service.runtime, merged) == [merged.history[0]]
    await take_back(service, case_id, other_id)
    assert await members(service, other_id) == sorted([*ours[:1], *theirs])


async def test_barriers_that_came_with_a_merge_go_with_it(service: Service) -> None:
    case_id, other_id, ours, theirs = await two_cases(service)
    own = await cases.split(service.runtime, ANALYST, case_id, ours[:1])
    brought = await cases.split(service.runtime, ANALYST, other_id, theirs[:1])
    merged = await merge(service, case_id, other_id)
    assert set(merged.kept_apart) == {own.id, brought.id}
    back = await take_back(service, case_id, other_id)
    assert set(back.kept_apart) == {own.id, other_id}
    other = await cases.read_case(service.runtime, other_id)
    assert set(other.kept_apart) == {brought.id, case_id}


async def test_a_barrier_that_two_brought_stays_until_both_are_gone(service: Service) -> None:
    case_id, other_id, _, theirs = await two_cases(service)
    theirs += [await told(service, OTHER, **ELSEWHERE)]
    apart = await cases.split(service.runtime, ANALYST, other_id, theirs[:1])
    third = await cases.split(service.runtime, ANALYST, other_id, theirs[1:2])
    service.wait(minutes=1)
    async with writing(service.runtime.engine) as session:
        await keep_apart(session, third.id, apart.id, service.now, "A-2")
        await session.commit()
    await merge(service, case_id, other_id)
    await merge(service, case_id, third.id)
    back = await take_back(service, case_id, other_id)
    assert set(back.kept_apart) == {apart.id, other_id}
    back = await take_back(service, case_id, third.id)
    assert set(back.kept_apart) == {other_id, third.id}


async def test_what_the_linker_merged_it_merged_wrongly(service: Service) -> None:
    case_id, other_id, _, theirs = await two_cases(service)
    await merge_as_linker(service, case_id, other_id)
    await take_back(service, case_id, other_id)
    async with reading(service.runtime.engine) as session:
        verdicts = [(await session.get_one(Report, one)).link_verdict for one in theirs]
        found = [await session.get_one(LinkedReport, one) for one in theirs]
    assert LinkVerdict.FELL in verdicts
    assert [one.case_id for one in found] == [other_id] * 2
    assert not any(one.is_pinned for one in found)


async def test_a_merge_that_brought_very_many_is_taken_back(service: Service) -> None:
    case_id, other_id, ours, theirs = await two_cases(service)
    await merge_as_linker(service, case_id, other_id)
    async with writing(service.runtime.engine) as session:
        merged = await find_last_merge(session, case_id, other_id)
        assert merged is not None
        merged.report_ids = [*VERY_MANY, *theirs]
        await link_verdicts.take_out(session, case_id, merged.report_ids)
        verdicts = [(await find_report(session, one)).link_verdict for one in theirs]
        await session.commit()
    assert LinkVerdict.FELL in verdicts
    await take_back(service, case_id, other_id)
    assert [await members(service, one) for one in (case_id, other_id)] == [ours, theirs]


async def test_a_case_is_measured_when_the_scores_of_very_many_rise(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, *_ = await two_cases(service)

    async def find(*_: object) -> list[SimpleNamespace]:
        return [SimpleNamespace(report_id=one, score=0, signals=[]) for one in VERY_MANY]

    monkeypatch.setattr(case_changes, "find_wrongly_signalled", find)
    async with writing(service.runtime.engine) as session:
        case = await find_case(session, case_id)
        before = case.score
        work = CaseWork(session, service.runtime, LINKER, service.now)
        await case_changes.measure(work, case)
    assert case.score == before > 0


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # the other's writers are alone
async def test_who_takes_back_waits_for_reports_before_cases(service: Service) -> None:
    case_id, other_id, _, theirs = await two_cases(service)
    await merge(service, case_id, other_id)
    async with asyncio.timeout(20):
        async with writing(service.runtime.engine) as session:
            await find_report(session, theirs[0], locked=True)
            waiting = asyncio.ensure_future(take_back(service, case_id, other_id))
            done, _ = await asyncio.wait({waiting}, timeout=0.5)
            assert not done
            await lock_cases(session)  # a deadlock, if he had them
            await session.rollback()
        await waiting
