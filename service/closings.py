"""Where a report stands, and its end by four eyes: one analyst asks for it, a second one approves.

Whoever asked may not approve, whatever his roles; both are on record.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from db.reports import Report, ReportEvent, find_report
from db.units_of_work import writing
from domain.callers import Caller
from domain.errors import AskedOtherwiseError, ConflictError, ForbiddenError
from domain.reports import CLOSED, SERVICE_LEVELS, ReportEventKind, ReportStatus, Severity
from service import duplicates, link_verdicts, report_scores
from service.case_changes import CaseWork
from service.report_news import tell_status
from service.report_views import ReportDetail, read_detail
from service.runtime import Runtime
from verifiers.durations import step_of

Act = tuple[ReportEventKind, str]
"""What goes on record: the kind of event and its text."""


def decline(report: Report, caller: Caller, end: ReportStatus) -> Iterator[Act]:
    """Decline the end that is asked for, or take it back; raises ConflictError for another."""
    if report.closing != end:
        message = f"nobody asks for {end}"
        raise ConflictError(message)
    yield from _answer_no(report, caller)


def _answer_no(report: Report, caller: Caller) -> Iterator[Act]:
    is_own = report.closing_by == caller.subject
    yield ReportEventKind.CLOSING, f"{'takes back' if is_own else 'declines'} {report.closing}"
    report.closing = report.closing_by = report.closing_at = None


def move(report: Report, caller: Caller, wanted: ReportStatus, now: datetime) -> Iterator[Act]:
    """Bring a report to a status, or ask for its end, or approve what another asked for.

    Who asked may ask for another end instead, or takes it back by any status that is no end; nobody
    else's page may be so old that it undoes his request unseen. Raises ForbiddenError for an
    approval by who asked, and AskedOtherwiseError for all else than what a colleague asks for.
    """
    is_own = report.closing_by == caller.subject
    _assert_seen(report, wanted, is_own=is_own)
    if wanted in CLOSED and wanted != report.status:
        if report.closing != wanted:
            yield ReportEventKind.CLOSING, f"asks for {wanted}"
            report.closing, report.closing_by, report.closing_at = wanted, caller.subject, now
            return
        if is_own:
            message = "a second analyst has to approve this"
            raise ForbiddenError(message)
        yield ReportEventKind.CLOSING, f"approves {wanted}, asked for by {report.closing_by}"
    elif report.closing is not None:
        yield from _answer_no(report, caller)
    report.closing = report.closing_by = report.closing_at = None
    if wanted == report.status:
        return
    yield ReportEventKind.STATUS, f"{report.status} -> {wanted}"
    if wanted in CLOSED:
        report.due_at = None
        report.closed_after = step_of(now - report.received_at)
    elif report.status in CLOSED:  # opened again
        report.due_at = now + SERVICE_LEVELS[Severity(report.severity)]
        report.closed_after = None
    report.status, report.updated_at = wanted, now


def _assert_seen(report: Report, wanted: ReportStatus, *, is_own: bool) -> None:
    if report.closing not in {None, wanted} and not is_own:
        message = f"{report.closing_by} asks for {report.closing}: approve or decline that"
        raise AskedOtherwiseError(message)


async def approve(
    runtime: Runtime, caller: Caller, report_id: str, wanted: ReportStatus
) -> ReportDetail:
    """Approve the end that another analyst asked for.

    Raises NotFoundError, ForbiddenError for who asked, and ConflictError unless just this end is
    asked for now.
    """
    now = runtime.clock()
    async with writing(runtime.engine) as session:
        report = await find_report(session, report_id, locked=True)
        if report.closing != wanted:
            message = f"nobody asks for {wanted}"
            raise ConflictError(message)
        before = report.status
        for kind, text in move(report, caller, wanted, now):
            record(session, report, now, caller, kind, text)
        await link_verdicts.review(session, report)
        await duplicates.tell_folded(session, report, now, caller, None)
        work = CaseWork(session, runtime, caller.subject, now)
        await report_scores.follow_status(work, report, before)
        await tell_status(session, runtime, report, before)
        await session.flush()
        detail = await read_detail(session, runtime, report)
        await session.commit()
    return detail


def record(  # noqa: PLR0913, PLR0917 - a row's columns
    session: AsyncSession,
    report: Report,
    now: datetime,
    caller: Caller,
    kind: ReportEventKind,
    text: str,
) -> None:
    """Write what somebody did into a locked report's history; the first such act is timed."""
    if report.looked_after is None:
        report.looked_after = step_of(now - report.received_at)
    session.add(make_event(report, now, caller, kind, text))


def make_event(
    report: Report, now: datetime, caller: Caller, kind: ReportEventKind, text: str
) -> ReportEvent:
    """Return a line of a report's history."""
    return ReportEvent(report_id=report.id, at=now, actor=caller.subject, kind=kind, text=text)
