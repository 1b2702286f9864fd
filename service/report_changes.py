"""What an analyst changes in a report, and the lines of its history that say so."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from db.reports import Report
from domain.callers import Caller
from domain.errors import ConflictError
from domain.reports import (
    CLOSED,
    SERVICE_LEVELS,
    ReportEventKind,
    ReportKind,
    ReportStatus,
    Severity,
)
from service.analysts import assert_analyst
from service.closings import Act, decline, move
from service.runtime import Runtime


@dataclass(frozen=True, slots=True)
class ReportChange:
    """What changes; None stays. A note is for colleagues, a message is for the reporter."""

    status: ReportStatus | None = None
    severity: Severity | None = None
    kind: ReportKind | None = None
    note: str | None = None
    message_to_reporter: str | None = None
    assignee: str | None = None
    """A subject, or `me`, or `none`."""
    police_reference: str | None = None
    declines: ReportStatus | None = None
    """The end that is asked for, and that this declines, or takes back."""


def change_row(
    report: Report, caller: Caller, change: ReportChange, now: datetime
) -> Iterator[Act]:
    """Change a locked report and yield what goes on record; what is so already yields nothing.

    Raises ForbiddenError and ConflictError as `decline` and `move` do, and ConflictError for work
    on a duplicate.
    """
    is_work = replace(change, note=None, message_to_reporter=None) != ReportChange()
    if report.duplicate_of is not None and is_work:
        message = f"this report is folded under {report.duplicate_of}: work on that one"
        raise ConflictError(message)
    if change.declines is not None:
        yield from decline(report, caller, change.declines)
    if change.status is not None:
        yield from move(report, caller, change.status, now)
    yield from _set(report, caller, change)
    if change.note is not None:
        yield ReportEventKind.NOTE, change.note
    if change.message_to_reporter is not None:
        report.updated_at = now
        yield ReportEventKind.MESSAGE, change.message_to_reporter


async def assert_may_get_it(
    session: AsyncSession, runtime: Runtime, report: Report, caller: Caller, change: ReportChange
) -> None:
    """Raise UnknownColleagueError if a report is handed over to somebody who may not exist."""
    wanted = subject_of(caller, change.assignee)
    if wanted and wanted not in {report.assignee, caller.subject}:
        await assert_analyst(session, runtime, wanted)


def subject_of(caller: Caller | None, assignee: str | None) -> str | None:
    """Return whom an assignee's word means; nobody is the empty text."""
    if assignee == "me" and caller is not None:
        return caller.subject
    return "" if assignee == "none" else assignee


def _set(report: Report, caller: Caller, change: ReportChange) -> Iterator[Act]:
    for name in ("severity", "kind", "assignee", "police_reference"):
        before, after = getattr(report, name), getattr(change, name)
        if name == "assignee":
            after = subject_of(caller, after)
        if after is None or (after or None) == before:
            continue
        setattr(report, name, after or None)
        yield ReportEventKind(name), f"{before or 'none'} -> {after or 'none'}"
        if name == "severity" and report.status not in CLOSED:
            report.due_at = report.received_at + SERVICE_LEVELS[Severity(after)]
