"""Repeated reports: kept whole, but folded under the one that came first.

A retry says the same words of the same visitor at the same time and place. Whoever sent it keeps a
tracking code of his own; the team works on the first report only, and may separate what was folded.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from db.duplicates import (
    change_folded,
    find_alike,
    find_folded,
    find_standing,
    lock_facts,
    lock_family,
)
from db.reports import Report, ReportEvent, find_report
from db.retention import lock_holds
from db.units_of_work import writing
from domain.callers import Caller
from domain.errors import ConflictError
from domain.reports import CLOSED, SERVICE_LEVELS, ReportEventKind, ReportStatus, Severity
from domain.states import Language
from service import report_scores
from service.case_changes import CaseWork
from service.feedback import put_into
from service.report_news import tell_status
from service.report_rows import read_place
from service.runtime import Runtime
from verifiers import badge
from verifiers.repeats import OCCURRED_WITHIN, Told, is_repeated
from verifiers.risk import Place

RECEIVED_WITHIN: Final = timedelta(days=3)
_DECIDED: Final = (
    "status",
    "severity",
    "kind",
    "assignee",
    "due_at",
    "police_reference",
    "looked_after",
    "closed_after",
)
"""What a report hands on to the duplicate that takes its place."""


async def fold_in(session: AsyncSession, runtime: Runtime, report: Report, actor: str) -> None:
    """Fold a new report under the first that says the same, if one is still being worked on."""
    if report.facts_hash is None:
        return
    await lock_facts(session, report.facts_hash)
    since = report.received_at - RECEIVED_WITHIN
    alike = await find_alike(session, report.facts_hash, report.occurred_at, OCCURRED_WITHIN, since)
    told = _told(runtime, report)
    found = next((one for one in alike if is_repeated(told, _told(runtime, one))), None)
    if found is None:
        return
    first = await find_report(session, found.duplicate_of or found.id, locked=True)
    # Who had it before may have closed it, or withdrawn it: then this one is news.
    if first.status in CLOSED or first.duplicate_of is not None:
        return
    if first.is_held:  # so will be what this one came from
        await lock_holds(session)
    report.duplicate_of, report.status = first.id, first.status
    report.is_held, report.due_at, report.kind = first.is_held, None, first.kind
    first.duplicate_count += 1
    session.add(make_event(first.id, report.received_at, actor, report.id))


async def separate(runtime: Runtime, caller: Caller, report_id: str) -> None:
    """Take a report out from under the first, back into the queue; on record with both.

    Raises NotFoundError, and ConflictError for a report that is folded under none.
    """
    now = runtime.clock()
    async with writing(runtime.engine) as session:
        first, *folded = await lock_family(session, report_id)
        if first.id == report_id:
            message = "this report is not folded under another"
            raise ConflictError(message)
        (report,) = [one for one in folded if one.id == report_id]
        report.duplicate_of, before = None, report.status
        if before in CLOSED and before != ReportStatus.WITHDRAWN:
            # It was closed with the first alone: nobody has judged it by itself.
            report.status, report.updated_at = ReportStatus.NEW, now
            kind, text = ReportEventKind.STATUS, f"{before} -> {report.status}"
            session.add(
                ReportEvent(report_id=report.id, at=now, actor=caller.subject, kind=kind, text=text)
            )
        if report.status not in CLOSED:
            report.due_at = now + SERVICE_LEVELS[Severity(report.severity)]
        first.duplicate_count = len(folded) - 1
        session.add(make_event(first.id, now, caller.subject, f"{report_id} separated"))
        session.add(make_event(report_id, now, caller.subject, f"separated from {first.id}"))
        await report_scores.follow(CaseWork(session, runtime, caller.subject, now), first, report)
        await tell_status(session, runtime, report, before)
        await session.commit()


def promote(
    session: AsyncSession, family: Sequence[Report], now: datetime, actor: str
) -> Report | None:
    """Let the next reporter's duplicate take the place of a first that is withdrawn; return it.

    `family` is as `lock_family` returns it. What another reporter says still stands, and so does
    all that was decided about it.
    """
    report, *folded = family
    standing = [one for one in folded if one.status != ReportStatus.WITHDRAWN]
    if not standing:
        return None
    heir = min(standing, key=lambda one: (one.received_at, one.id))
    rest = [one for one in folded if one is not heir]
    for name in _DECIDED:
        setattr(heir, name, getattr(report, name))
    heir.closing, heir.closing_by, heir.closing_at = (
        report.closing,
        report.closing_by,
        report.closing_at,
    )
    heir.duplicate_of, heir.duplicate_count = None, len(rest) + 1
    for one in (*rest, report):
        one.duplicate_of = heir.id
    report.duplicate_count = 0
    session.add(make_event(heir.id, now, actor, f"takes the place of {report.id}"))
    return heir


async def tell_folded(
    session: AsyncSession, first: Report, now: datetime, caller: Caller, message: str | None
) -> None:
    """Give the duplicates of a report its status and, to those who stand by them, a message.

    Words of ours that it begins with come in the language of each.
    """
    if first.duplicate_count == 0 or first.updated_at != now:
        return
    await change_folded(session, first.id, status=first.status, updated_at=now)
    if message is None:
        return
    written, kind = Language(first.language), ReportEventKind.MESSAGE
    for one in await find_standing(session, first.id):
        text = put_into(message, written, Language(one.language))
        session.add(
            ReportEvent(report_id=one.id, at=now, actor=caller.subject, kind=kind, text=text)
        )


async def family(session: AsyncSession, report: Report) -> Sequence[Report]:
    """Return a report and all that are folded with it, the first one first."""
    first = report
    if report.duplicate_of is not None:
        first = await find_report(session, report.duplicate_of)
    return [first, *await find_folded(session, first.id)]


def _told(runtime: Runtime, report: Report) -> Told:
    place = read_place(runtime.seal, report)
    facts = (report.claimed_name, report.badge_number, report.agency, report.phone, report.plate)
    others = (report.organisation, report.payee, report.url)
    has_point = report.latitude is not None and report.longitude is not None
    return Told(
        text=report.search_text.partition("\n")[0],  # the description, folded
        occurred_at=report.occurred_at,
        place_text=None if place is None else badge.fold(place.text),
        place=Place(report.latitude or 0.0, report.longitude or 0.0) if has_point else None,
        has_facts=any((*facts, *others)),
    )


def make_event(report_id: str, at: datetime, actor: str, text: str) -> ReportEvent:
    """Return a line of history about what is folded where."""
    kind = ReportEventKind.DUPLICATE
    return ReportEvent(report_id=report_id, at=at, actor=actor, kind=kind, text=text)
