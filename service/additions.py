"""What reporters do with their tracking codes after the report: add facts, or withdraw it."""

from collections.abc import Sequence
from typing import BinaryIO, Final

from db.duplicates import lock_family
from db.reports import Report, ReportEvent, find_report_events
from db.units_of_work import writing
from domain.errors import ConflictError, InvalidError, MenshenError
from domain.reports import CLOSED, ReportEventKind, ReportStatus
from service import duplicates, evidence, report_scores, successions
from service.case_changes import CaseWork
from service.evidence import StoredImage
from service.report_news import tell_status
from service.reports import REPORTER, Tracked, find_by_code, show_tracked
from service.runtime import Runtime

MOST_ADDITIONS: Final = 20
MOST_IMAGES: Final = 20
"""Of a report in all: 10 that came with it, and 10 more."""


async def add(
    runtime: Runtime, address: str, code: str, text: str | None, files: Sequence[BinaryIO]
) -> Tracked:
    """Keep what a reporter adds, with up to 10 images; the report itself stays.

    Raises NotFoundError and RateLimitedError as `find_by_code` does, ConflictError when it was
    withdrawn or nothing more fits, and whatever storing images raises; then nothing was kept.
    """
    found, _ = await find_by_code(runtime, address, code)
    if text is None and not files:
        message = "give a text or images"
        raise InvalidError(message)
    _check_room(found, len(files))
    evidence.check_sizes(files)
    stored = await evidence.store(runtime, files)
    try:
        tracked = await _add_rows(runtime, found.id, text or "", stored)
    except MenshenError:  # refused, so that nothing is committed
        await evidence.forget(runtime, stored)
        raise
    await evidence.settle(runtime, stored)
    return tracked


async def withdraw(runtime: Runtime, address: str, code: str) -> Tracked:
    """Withdraw a report; it stays on record, and its code goes on to say so.

    What another reporter says of the same visit stands: the next duplicate takes its place. Raises
    NotFoundError and RateLimitedError as `find_by_code` does, ConflictError for a closed report.
    """
    found, _ = await find_by_code(runtime, address, code)
    now = runtime.clock()
    async with writing(runtime.engine) as session:
        family = await lock_family(session, found.id)
        (report,) = [one for one in family if one.id == found.id]
        if report.status in CLOSED:
            message = "this report is closed already"
            raise ConflictError(message)
        is_first = report is family[0]
        heir = duplicates.promote(session, family, now, REPORTER) if is_first else None
        before = report.status
        text = f"{before} -> {ReportStatus.WITHDRAWN}"
        report.status, report.updated_at, report.due_at = ReportStatus.WITHDRAWN, now, None
        report.closing = report.closing_by = report.closing_at = None
        kind = ReportEventKind.STATUS
        session.add(ReportEvent(report_id=report.id, at=now, actor=REPORTER, kind=kind, text=text))
        work = CaseWork(session, runtime, REPORTER, now)
        if heir is not None:
            await successions.hand_over(work, report.id, heir.id)
        # Its heir by now, or the first that it was told after.
        others = [one for one in family if one.id == report.duplicate_of]
        await report_scores.follow(work, report, *others)
        await tell_status(session, runtime, report, before)
        await session.flush()
        tracked = show_tracked(report, await find_report_events(session, report.id))
        await session.commit()
    return tracked


async def _add_rows(
    runtime: Runtime, report_id: str, text: str, stored: Sequence[StoredImage]
) -> Tracked:
    now = runtime.clock()
    async with writing(runtime.engine) as session:
        first, *folded = await lock_family(session, report_id)
        report = next((one for one in folded if one.id == report_id), first)
        _check_room(report, len(stored))
        report.addition_count += 1
        if first is not report:
            first.addition_count += 1
            session.add(duplicates.make_event(first.id, now, REPORTER, f"{report.id} was added to"))
        await evidence.add_rows(session, report, stored, now, REPORTER)
        if stored:
            work = CaseWork(session, runtime, REPORTER, now)
            await report_scores.follow(work, *([report] if first is report else [first, report]))
        kind = ReportEventKind.ADDITION
        session.add(ReportEvent(report_id=report.id, at=now, actor=REPORTER, kind=kind, text=text))
        await session.flush()
        tracked = show_tracked(report, await find_report_events(session, report.id))
        await session.commit()
    return tracked


def _check_room(report: Report, more: int) -> None:
    if report.status == ReportStatus.WITHDRAWN:
        message = "this report was withdrawn"
        raise ConflictError(message)
    if report.addition_count >= MOST_ADDITIONS or report.evidence_count + more > MOST_IMAGES:
        message = f"a report takes {MOST_ADDITIONS} additions and {MOST_IMAGES} images at most"
        raise ConflictError(message)
