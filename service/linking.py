"""Linking reports into cases, after they are committed: no reporter waits for it or fails by it.

A report's task lies in the database from the transaction that keeps the report until the one that
links it, so a crash loses nothing and a second replica does nothing twice. What stays alone is
looked at again, since the report that ties it may come later.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession

from db.case_queries import (
    find_barriers_among,
    find_pinned,
    lock_cases,
)
from db.cases import PLACE, CaseBridge, LinkedReport, LinkKey, LinkTask
from db.duplicates import find_withdrawn
from db.link_queries import (
    find_bridges,
    next_task,
)
from db.reports import Report, find_report, lock_reports
from db.units_of_work import reading, writing
from domain.links import KeyKind
from domain.reports import ReportKind
from service import case_changes, link_verdicts, report_scores, successions, surges
from service.case_changes import LINKER, CaseWork
from service.linked_traits import read_kept, traits_of, write_traits
from service.neighbourhoods import look_around
from service.runtime import Runtime
from verifiers import scores
from verifiers.case_decisions import Decision, decide, rivals_of
from verifiers.link_weights import JOIN, JOIN_AT_LAST
from verifiers.links import find_links

LOOK_AGAIN: Final = tuple(timedelta(days=days) for days in (2, 8, 30, 90))
"""When a report that stayed alone is looked at again, each after the look before."""
_PAUSE_AFTER_FAILURE: Final = timedelta(minutes=5)
_PERIOD: Final = 30.0  # seconds between looks at what is due, besides being told
_LOG: Final = structlog.get_logger()


async def link_forever(runtime: Runtime) -> None:
    """Link what is due, at once and whenever a report comes in; ends by cancellation only."""
    while True:
        try:
            await link_due(runtime)
        except (SQLAlchemyError, OSError) as error:  # the tasks are still there: later, then
            _LOG.warning("linking_waits", error=type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(_PERIOD):
                await runtime.to_link.wait()
        runtime.to_link.clear()


async def link_due(runtime: Runtime, most: int | None = None) -> int:
    """Link reports that are due, all or so many, each in its own transaction; return how many."""
    done = 0
    while (most is None or done < most) and await _link_next(runtime):
        done += 1
    return done


def add_task(session: AsyncSession, report_id: str, now: datetime) -> None:
    """Have a report linked once this transaction is committed."""
    session.add(LinkTask(report_id=report_id, due_at=now))


async def look_again(session: AsyncSession, report_id: str, now: datetime) -> None:
    """Have a report that has changed linked anew."""
    task = await session.get(LinkTask, report_id)
    if task is None:
        add_task(session, report_id, now)
    else:
        task.due_at = now


async def _link_next(runtime: Runtime) -> bool:
    now = runtime.clock()
    async with reading(runtime.engine) as session:
        task = await next_task(session, now)
    if task is None:
        return False
    try:
        await _link_report(runtime, task.report_id, now)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are still to be linked
        _LOG.warning("linking_failed", report=task.report_id, error=type(error).__name__)
        await _postpone(runtime, task.report_id, now)
    return True


async def _link_report(runtime: Runtime, report_id: str, now: datetime) -> None:
    surged = None
    async with writing(runtime.engine) as session:
        await lock_reports(session, [report_id])
        await lock_cases(session)
        work = CaseWork(session, runtime, LINKER, now)
        task = await session.get(LinkTask, report_id)
        if task is None or task.due_at > now:  # another replica was faster
            return
        report = await session.get(Report, report_id)
        linked = await session.get(LinkedReport, report_id)
        await session.delete(task)
        await session.flush()
        if report is not None and linked is None:
            linked = await _keep(session, runtime, report)
            if report.kind != ReportKind.MISCONDUCT:  # no surge of impostors
                surged = await surges.count(session, runtime, report, now)
            await _join_family(work, report)
        if report is not None and linked is not None:
            await _settle(work, report, linked, task.look)
        await session.commit()
    if surged is not None:
        surges.tell(runtime, surged, now)


async def _settle(work: CaseWork, report: Report, linked: LinkedReport, look: int) -> None:
    if report.kind == ReportKind.MISCONDUCT:
        # Misconduct of genuine staff goes its own way, never into a case of impostors.
        await case_changes.forget(work, linked)
        await link_verdicts.review_all(work.session, [report.id])
        return
    if linked.case_id is None:
        linked.is_pinned = False  # it was misconduct until now
    await _link(work, linked, look)


async def _postpone(runtime: Runtime, report_id: str, now: datetime) -> None:
    async with writing(runtime.engine) as session:
        task = await session.get(LinkTask, report_id)
        if task is not None:
            task.due_at = now + _PAUSE_AFTER_FAILURE
            await session.commit()


async def _keep(session: AsyncSession, runtime: Runtime, report: Report) -> LinkedReport:
    traits = traits_of(report, runtime.country)
    signals = await report_scores.read_signals(session, report)
    linked = LinkedReport(
        report_id=report.id,
        **report.model_dump(include=set(PLACE)),
        occurred_at=report.occurred_at,
        received_at=report.received_at,
        score=scores.score(signals),
        signals=list(signals),
        traits=write_traits(traits),
    )
    session.add(linked)
    session.add_all(
        LinkKey(report_id=report.id, kind=kind, value=value, at=report.occurred_at)
        for kind, value in dict.fromkeys(traits.found_by())
    )
    await session.flush()
    return linked


async def _join_family(work: CaseWork, report: Report) -> None:
    """Let a report that is linked now take its place among those that say the same."""
    if report.duplicate_count:  # one of them may have been the first, and withdrawn since
        for one in await find_withdrawn(work.session, report.id):
            await successions.hand_over(work, one.id, report.id)
    if report.duplicate_of is not None:  # what it brings counts for its first one
        first = await find_report(work.session, report.duplicate_of)
        await report_scores.follow(work, first)


async def _link(work: CaseWork, linked: LinkedReport, look: int) -> None:
    if linked.case_id is not None or linked.is_pinned:
        return
    session = work.session
    decision = await _decide(work, linked, look)
    if decision.joins is None:
        await _note_bridges(work, decision)
        if look < len(LOOK_AGAIN):
            due_at = work.now + LOOK_AGAIN[look]
            session.add(LinkTask(report_id=linked.report_id, due_at=due_at, look=look + 1))
    else:
        case = await case_changes.case_of(work, decision.joins.cluster)
        await case_changes.join(work, case, linked, decision.joins)
        for link in decision.merges:
            await case_changes.absorb(work, case, link)
        await _note_bridges(work, decision, case.id)
        await case_changes.measure(work, case)
    for link in decision.possible:
        await case_changes.note_possible(work, linked.report_id, link)


async def _note_bridges(work: CaseWork, decision: Decision, case_id: str | None = None) -> None:
    """Remember which facts the report shares with cases besides the best one for it."""
    rivals = decision.possible
    if case_id is None and rivals:
        case_id, rivals = rivals[0].cluster, rivals[1:]
    for link in rivals:
        for kind, value in link.shared:
            one, other = sorted((str(case_id), link.cluster))
            if await work.session.get(CaseBridge, (one, other, kind, value)) is None:
                work.session.add(CaseBridge(one=one, other=other, kind=kind, value=value))
    await work.session.flush()


async def _decide(work: CaseWork, linked: LinkedReport, look: int) -> Decision:
    session = work.session
    new = read_kept(linked.report_id, linked.traits)
    background = await work.runtime.backgrounds.read(session, linked.report_id)
    found = await look_around(
        session, new, linked.occurred_at, work.now, background, is_later=look > 0
    )
    links = find_links(new, found, background)
    if not links:
        return decide(links, {}, ())
    best = links[0].cluster
    rivals = [link.cluster for link in rivals_of(links)]
    bridges = await find_bridges(session, best, rivals)
    known = {one: [(KeyKind(kind), fact) for kind, fact in has] for one, has in bridges.items()}
    apart = await find_barriers_among(session, [best, *rivals])
    # A case that people have pinned reports in stays where it is.
    least = JOIN if look < len(LOOK_AGAIN) else JOIN_AT_LAST
    return decide(links, known, apart, await find_pinned(session, rivals), least)
