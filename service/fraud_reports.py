"""Reports as the people who look into them read and change them; every act is on record."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from db.duplicates import lock_folded
from db.reports import Report, find_report
from db.units_of_work import reading, writing
from domain.callers import Caller
from domain.errors import InvalidError, NotFoundError
from domain.reports import ReportEventKind
from service import duplicates, link_verdicts, report_scores
from service.case_changes import CaseWork
from service.closings import record
from service.linking import look_again
from service.report_changes import ReportChange, assert_may_get_it, change_row
from service.report_drafts import Contact
from service.report_news import tell_status
from service.report_rows import read_contact
from service.report_views import ReportDetail, read_detail
from service.runtime import Runtime


async def read_report(runtime: Runtime, report_id: str) -> ReportDetail:
    """Return a report; raises NotFoundError."""
    async with reading(runtime.engine) as session:
        return await read_detail(session, runtime, await find_report(session, report_id))


async def change_report(
    runtime: Runtime, caller: Caller, report_id: str, change: ReportChange
) -> ReportDetail:
    """Change a report, or add a note or a message to it; what changed goes into its history.

    An end of the work on it only takes effect when a second analyst asks for it, too. A duplicate
    takes notes and messages only. Raises NotFoundError, InvalidError when nothing is to be changed,
    UnknownColleagueError for a hand-over to somebody who has not been here lately,
    ForbiddenError when an analyst would approve himself, and ConflictError for a duplicate.
    """
    if change == ReportChange():
        message = "give at least one thing to change"
        raise InvalidError(message)
    now = runtime.clock()
    async with writing(runtime.engine) as session:
        report = await find_report(session, report_id, locked=True)
        await assert_may_get_it(session, runtime, report, caller, change)
        status_before = report.status
        for kind, text in change_row(report, caller, change, now):
            record(session, report, now, caller, kind, text)
            if kind is ReportEventKind.KIND:
                await _turn(session, report, now)
        if report.status != status_before:
            await link_verdicts.review(session, report)
        await duplicates.tell_folded(session, report, now, caller, change.message_to_reporter)
        work = CaseWork(session, runtime, caller.subject, now)
        await report_scores.follow_status(work, report, status_before)
        await tell_status(session, runtime, report, status_before)
        await session.flush()
        detail = await read_detail(session, runtime, report)
        await session.commit()
    runtime.to_link.set()
    return detail


async def _turn(session: AsyncSession, report: Report, now: datetime) -> None:
    """Have a report of another kind linked anew, with its duplicates: they are of its kind."""
    await look_again(session, report.id, now)
    for one in await lock_folded(session, report.id):
        one.kind = report.kind
        await look_again(session, one.id, now)


async def reveal_contact(runtime: Runtime, caller: Caller, report_id: str, reason: str) -> Contact:
    """Return how to reach the reporter, once caller and reason are on record.

    Raises NotFoundError, also when the reporter left no contact.
    """
    async with writing(runtime.engine) as session:
        report = await find_report(session, report_id, locked=True)
        contact = read_contact(runtime.seal, report)
        if contact is None:
            message = "the reporter left no contact"
            raise NotFoundError(message)
        kind = ReportEventKind.CONTACT_REVEALED
        record(session, report, runtime.clock(), caller, kind, reason)
        await session.commit()
    return contact
