"""Cases as the fraud team reads and changes them; what people decide the linker never undoes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from db.case_queries import (
    drop_barrier,
    find_barriers,
    find_case,
    find_case_events,
    find_case_links,
    find_cases,
    find_members_near,
    keep_apart,
    lock_cases,
)
from db.cases import FraudCase, LinkedReport
from db.reports import find_reports_of, lock_reports
from db.units_of_work import reading, writing
from domain.callers import Caller
from domain.cases import CaseEventKind
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.reports import ReportKind
from service import case_changes, link_verdicts
from service.case_changes import CaseWork
from service.case_views import CaseAct, CaseSummary, summary_of
from service.cursors import read_cursor, write_cursor
from service.link_views import ReportLink, view_links
from service.report_views import ReportSummary, summarise
from service.runtime import Runtime

MOST_SHOWN: Final = 500
"""Reports, links and acts of one case that are shown at once."""


@dataclass(frozen=True, slots=True)
class CaseMember:
    """A report of a case."""

    report: ReportSummary
    is_pinned: bool
    score: int


@dataclass(frozen=True, slots=True)
class CaseDetail(CaseSummary):
    """Everything about a case."""

    reports: tuple[CaseMember, ...]
    links: tuple[ReportLink, ...]
    history: tuple[CaseAct, ...]
    kept_apart: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """Some of the cases, the last changed first, and where to go on."""

    items: list[CaseSummary]
    next_cursor: str | None


async def list_cases(runtime: Runtime, limit: int = 50, cursor: str | None = None) -> CasePage:
    """Return open cases, the last changed first; raises InvalidError for a foreign cursor."""
    after = None if cursor is None else read_cursor(cursor)
    async with reading(runtime.engine) as session:
        found = await find_cases(session, after, limit + 1)
    items = [CaseSummary(**summary_of(one)) for one in found[:limit]]
    if len(found) <= limit:
        return CasePage(items, None)
    return CasePage(items, write_cursor(found[limit - 1].updated_at, found[limit - 1].id))


async def read_case(runtime: Runtime, case_id: str) -> CaseDetail:
    """Return a case with its latest reports, links and history; raises NotFoundError."""
    async with reading(runtime.engine) as session:
        return await read_detail(session, await find_case(session, case_id))


async def split(
    runtime: Runtime, caller: Caller, case_id: str, report_ids: Sequence[str]
) -> CaseDetail:
    """Take reports out into a case of their own, kept apart from this one; return the new case.

    Raises NotFoundError, ConflictError, and InvalidError for reports that are not in the case.
    """
    async with writing(runtime.engine) as session:
        work = CaseWork(session, runtime, caller.subject, runtime.clock())
        await lock_reports(session, report_ids)
        case = await open_for_change(session, case_id)
        members = await _members(session, case, report_ids)
        if len(members) == case.report_count:
            message = "a split leaves something behind"
            raise InvalidError(message)
        new = await case_changes.open_case(work, members)
        for one in members:
            one.is_pinned = True
            case_changes.add_by_hand(work, new.id, one.report_id)
        ids = [one.report_id for one in members]
        await link_verdicts.take_out(session, case.id, ids)
        await part(work, case, new, ids)
        detail = await read_detail(session, new)
        await session.commit()
    return detail


async def pin(
    runtime: Runtime, caller: Caller, case_id: str, report_ids: Sequence[str], *, pinned: bool
) -> CaseDetail:
    """Hold reports in a case by hand, from wherever they are; or let go of them.

    Raises NotFoundError, ConflictError, also for misconduct of our own, and InvalidError when one
    that is let go is elsewhere.
    """
    async with writing(runtime.engine) as session:
        work = CaseWork(session, runtime, caller.subject, runtime.clock())
        await lock_reports(session, report_ids)
        case = await open_for_change(session, case_id)
        if not pinned:
            members = await _members(session, case, report_ids)
        else:
            members = [await _linked(session, one) for one in sorted({*report_ids})]
            await _assert_outsiders(session, report_ids)
        left: dict[str, list[str]] = {}
        for one in members:
            if one.case_id != case.id:
                if one.case_id is not None:
                    left.setdefault(one.case_id, []).append(one.report_id)
                one.case_id = case.id
                case_changes.add_by_hand(work, case.id, one.report_id)
            one.is_pinned = pinned
        ids = [one.report_id for one in members]
        kind = CaseEventKind.PINNED if pinned else CaseEventKind.UNPINNED
        await case_changes.record(work, case.id, kind, ids)
        for other_id, gone in sorted(left.items()):
            await case_changes.record(work, other_id, CaseEventKind.LEFT, gone, case.id)
            await link_verdicts.take_out(session, other_id, gone)
            other = await find_case(session, other_id)
            await case_changes.measure(work, other)
            await link_verdicts.review_last(session, other)
        await case_changes.measure(work, case)
        await link_verdicts.review_all(session, ids)
        detail = await read_detail(session, case)
        await session.commit()
    return detail


async def part(work: CaseWork, case: FraudCase, other: FraudCase, ids: Sequence[str]) -> None:
    """Keep a case and the one that reports of it went into apart, and write it into its history."""
    session = work.session
    await drop_barrier(session, case.id, other.id)  # one that others brought would go with them
    await keep_apart(session, case.id, other.id, work.now, work.actor)
    await case_changes.record(work, case.id, CaseEventKind.SPLIT, ids, other.id)
    for changed in (case, other):
        await case_changes.measure(work, changed)
    await link_verdicts.review_last(session, case)


async def open_for_change(session: AsyncSession, case_id: str) -> FraudCase:
    """Return a case that nobody else changes until the transaction ends.

    Raises NotFoundError, and ConflictError for one that is closed.
    """
    await lock_cases(session)
    case = await find_case(session, case_id)
    assert_open(case)
    return case


def assert_open(case: FraudCase) -> None:
    """Raise ConflictError for a case that nobody is in any more."""
    if not case.is_open:
        message = f"case {case.id} is closed; it went into {case.merged_into or 'others'}"
        raise ConflictError(message)


async def _assert_outsiders(session: AsyncSession, report_ids: Sequence[str]) -> None:
    reports = await find_reports_of(session, report_ids)
    if any(one.kind == ReportKind.MISCONDUCT for one in reports.values()):
        message = "misconduct of our own belongs to no case"
        raise ConflictError(message)


async def _linked(session: AsyncSession, report_id: str) -> LinkedReport:
    found = await session.get(LinkedReport, report_id)
    if found is None:
        message = f"no linked report {report_id}"
        raise NotFoundError(message)
    return found


async def _members(
    session: AsyncSession, case: FraudCase, report_ids: Sequence[str]
) -> list[LinkedReport]:
    members = [await _linked(session, one) for one in dict.fromkeys(report_ids)]
    if not members or any(one.case_id != case.id for one in members):
        message = "name reports that are in this case"
        raise InvalidError(message)
    return members


async def read_detail(session: AsyncSession, case: FraudCase) -> CaseDetail:
    """Return a case with its latest reports, links and history, as the transaction has it."""
    await session.flush()
    linked = await find_members_near(session, case.id, case.last_at, MOST_SHOWN)
    reports = await find_reports_of(session, [one.report_id for one in linked])
    return CaseDetail(
        **summary_of(case),
        reports=tuple(
            CaseMember(summarise(reports[one.report_id]), one.is_pinned, one.score)
            for one in linked
            if one.report_id in reports
        ),
        links=await view_links(
            session, await find_case_links(session, case_id=case.id, limit=MOST_SHOWN)
        ),
        history=tuple(
            CaseAct(one.at, one.actor, CaseEventKind(one.kind), one.text, tuple(one.report_ids))
            for one in await find_case_events(session, case.id, MOST_SHOWN)
        ),
        kept_apart=tuple(sorted(await find_barriers(session, case.id))),
    )
