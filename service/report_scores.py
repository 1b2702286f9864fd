"""A report's score, and how it follows what comes later: images, repeats, a withdrawal.

Its case's growth is followed by `case_changes.measure`. What a report of its own brings is counted
when it is linked, for no reporter waits for the lock on cases to have his report taken.
"""

from collections.abc import AsyncIterator

from sqlmodel.ext.asyncio.session import AsyncSession

from db.case_queries import find_case, lock_cases
from db.cases import LinkedReport
from db.duplicates import find_folded, find_standing
from db.reports import Report
from db.verifications import Verification
from domain.reports import DISCOUNTED, ReportStatus
from domain.signals import Signal
from domain.verdicts import VERDICTS, Reason, Verdict
from service import case_changes
from service.case_changes import CaseWork
from verifiers import scores
from verifiers.scores import ReportFacts


async def follow(work: CaseWork, *reports: Report) -> None:
    """Bring the scores of reports up to date, and of their cases, in the caller's transaction.

    Rows of reports are locked before this, never after: it takes the lock on cases. A report that
    is not linked yet is left to the linker, which waits for this transaction.
    """
    session = work.session
    await session.flush()
    await lock_cases(session)
    cases = set()
    for report in reports:
        linked = await session.get(LinkedReport, report.id, populate_existing=True)
        if linked is None:
            continue
        case_changes.set_signals(linked, await read_signals(session, report, linked))
        cases.add(linked.case_id)
    for case_id in sorted(one for one in cases if one is not None):
        await case_changes.measure(work, await find_case(session, case_id))


async def follow_status(work: CaseWork, report: Report, before: str) -> None:
    """Bring scores up to date if a report counts no longer, or again, with its duplicates."""
    if report.status != before and not DISCOUNTED.isdisjoint({report.status, before}):
        await follow(work, report, *await find_folded(work.session, report.id))


async def read_signals(
    session: AsyncSession, report: Report, linked: LinkedReport | None = None
) -> tuple[Signal, ...]:
    """Return the signals of a report, with those of the checks that it came from.

    What is folded under a report counts with it. `linked` is what was kept of it before.
    """
    told = [report, *await find_standing(session, report.id)]
    facts = ReportFacts(
        asked_for=frozenset(what for one in told for what in one.asked_for),
        verdicts=frozenset([one async for one in _verdicts(session, told)]),
        evidence=sum(one.evidence_count for one in told),
        has_contact=any(one.contact_sealed is not None for one in told),
        facts=sum(map(_count_facts, told)),
        is_dismissed=report.status == ReportStatus.DISMISSED,
        is_withdrawn=report.status == ReportStatus.WITHDRAWN,
    )
    signals = scores.read_report(facts)
    if linked is None:
        return signals
    sizes = scores.SIZES.intersection(map(Signal, linked.signals))
    return tuple(one for one in Signal if one in sizes.union(signals))


async def _verdicts(session: AsyncSession, told: list[Report]) -> AsyncIterator[Verdict]:
    for one in told:
        if one.verification_id is None:
            continue
        check = await session.get(Verification, one.verification_id)
        if check is not None:
            yield VERDICTS[Reason(check.reason)]
            continue
        # Checks are kept for less long than reports: what one said lies in the report's signals.
        linked = await session.get(LinkedReport, one.id)
        for verdict in scores.verdicts_of(map(Signal, [] if linked is None else linked.signals)):
            yield verdict


def _count_facts(report: Report) -> int:
    told = (report.claimed_name, report.badge_number, report.agency, report.phone, report.plate,
            report.payee, report.url)  # fmt: skip
    return sum(one is not None for one in told)
