"""What people make of automatic links: from that the linker's precision is counted.

A report that the linker put into a case was linked rightly when somebody pinned it there, or when
it was closed as confirmed while it was there; wrongly when somebody took it out. The last word
counts. Others in the case say nothing about it, and of a case of one there is nothing to judge.
Whoever changes cases locks the reports first, then the lock on cases, as everybody does.
"""

from collections.abc import Sequence
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from db.automatic_links import find_linked_by
from db.case_queries import find_members_near
from db.cases import FraudCase, LinkedReport
from db.reports import Report, find_free_report, find_report, lock_reports
from domain.reports import ReportStatus
from domain.statistics import LinkVerdict
from service.case_changes import LINKER

_BATCH: Final = 1_000  # a merge that is taken back may have brought any number


async def take_out(session: AsyncSession, case_id: str, report_ids: Sequence[str]) -> None:
    """Note that somebody takes reports out of a case, and has locked them."""
    for start in range(0, len(report_ids), _BATCH):
        some = report_ids[start : start + _BATCH]
        found = await find_linked_by(session, LINKER, case_id, some)
        for report in await lock_reports(session, found):
            report.link_verdict = LinkVerdict.FELL


async def review(session: AsyncSession, report: Report) -> None:
    """Note what is to be made of a locked report's link where it is now."""
    linked = await session.get(LinkedReport, report.id)
    if linked is None:
        return
    case = None if linked.case_id is None else await session.get(FraudCase, linked.case_id)
    by_linker = case is not None and await find_linked_by(session, LINKER, case.id, [report.id])
    if case is None or not by_linker:
        # Where people put it, or nobody, that it was taken out elsewhere still holds.
        if report.link_verdict != LinkVerdict.FELL:
            report.link_verdict = None
    elif case.report_count > 1 and (linked.is_pinned or report.status == ReportStatus.CONFIRMED):
        report.link_verdict = LinkVerdict.STOOD
    else:
        report.link_verdict = None


async def review_all(session: AsyncSession, report_ids: Sequence[str]) -> None:
    """Note the same of reports, in one order."""
    for report_id in sorted(report_ids):
        await review(session, await find_report(session, report_id, locked=True))


async def review_last(session: AsyncSession, case: FraudCase) -> None:
    """Note the same of the one report that is left in a case, if only one is and is free.

    Nobody knew to lock it before the lock on cases, so it is not waited for.
    """
    if case.report_count == 1:
        for one in await find_members_near(session, case.id, case.last_at, 1):
            report = await find_free_report(session, one.report_id)
            if report is not None:
                await review(session, report)
