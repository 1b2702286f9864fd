"""Reports of suspicious visitors as they come in, and what their reporters may read of them.

A report never changes the status of anybody: people decide that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, Final

from db.reports import Report, ReportEvent, find_report_events, find_tracked
from db.units_of_work import reading, writing
from domain.errors import InvalidError, NotFoundError
from domain.reports import ReportEventKind, ReportStatus
from domain.states import Language
from service import duplicates, evidence
from service.events import TEAM, TeamNews
from service.linking import add_task
from service.report_drafts import ReportDraft
from service.report_news import tell_received
from service.report_rows import make_indicators, make_report
from service.runtime import Runtime
from service.watch_hits import find_in_report, tell_team
from verifiers import short_codes

REPORTER: Final = "reporter"
"""Who is on record as having sent a report: nobody knows more."""
CODE_LENGTH: Final = 26  # characters of 5 bits: a code opens a report's state, so 128 at least
_GROUP: Final = 4
_AHEAD: Final = timedelta(days=1)  # clocks and time zones of phones are what they are


@dataclass(frozen=True, slots=True)
class Received:
    """A report that is on disk; the code is told once and kept only as a keyed hash."""

    tracking_code: str
    status: ReportStatus


@dataclass(frozen=True, slots=True)
class Message:
    """What the team wrote to the reporter."""

    sent_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """What a tracking code opens."""

    status: ReportStatus
    updated_at: datetime
    messages: tuple[Message, ...]
    additions: tuple[Message, ...] = ()
    """What the reporter added."""


async def admit(runtime: Runtime, address: str) -> None:
    """Count a report of an address, before its body is read; raises RateLimitedError."""
    if runtime.limits is not None:
        await runtime.limits.count_report(address)


async def submit(
    runtime: Runtime,
    draft: ReportDraft,
    files: Sequence[BinaryIO],
    language: Language,
    entered_by: str | None = None,
) -> Received:
    """Keep a report with its images; once this returns, all of it is on disk.

    `entered_by` is the colleague who wrote it down for a caller. Raises InvalidError, TooLargeError
    and NotScannedError; then nothing was kept.

    1. bounds; 2. scan, decode and seal the images; 3. commit the rows, folded under the first
    report when this one is repeated; 4. tell the team.
    """
    now = runtime.clock()
    actor = entered_by or REPORTER
    # 1
    if draft.occurred_at > now + _AHEAD:
        message = "occurred_at lies in the future"
        raise InvalidError(message)
    evidence.check_sizes(files)
    # 2
    stored = await evidence.store(runtime, files)
    # 3
    code = short_codes.make(runtime.randomness(CODE_LENGTH), CODE_LENGTH)
    report = make_report(runtime, draft, hash_code(runtime, code), language, now)
    report.entered_by = entered_by
    async with writing(runtime.engine) as session:
        await duplicates.fold_in(session, runtime, report, actor)
        session.add(report)
        await session.flush()
        await evidence.add_rows(session, report, stored, now, actor)
        indicators = make_indicators(report, runtime.country)
        session.add_all(indicators)
        watched = await find_in_report(session, indicators, now)
        kind = ReportEventKind.RECEIVED
        session.add(ReportEvent(report_id=report.id, at=now, actor=actor, kind=kind, text=""))
        await tell_received(session, runtime, report, watched)
        add_task(session, report.id, now)
        # When this fails nobody knows whether it is committed, so the files stay pending.
        await session.commit()
    await evidence.settle(runtime, stored)
    # 4
    runtime.to_link.set()
    runtime.news.publish(
        TEAM, TeamNews("report", now, report_id=report.id, severity=report.severity)
    )
    for entry_id in watched:
        tell_team(runtime, now, entry_id, "report", report.id)
    return Received(_in_groups(code), _status_of(report))


async def track(runtime: Runtime, address: str, code: str) -> Tracked:
    """Return what a tracking code opens; counts as a look-up. Raises as `find_by_code` does."""
    return show_tracked(*await find_by_code(runtime, address, code))


async def find_by_code(
    runtime: Runtime, address: str, code: str
) -> tuple[Report, Sequence[ReportEvent]]:
    """Return the report of a tracking code and its history; counts as a look-up.

    Raises RateLimitedError, and NotFoundError alike for whatever is no code of ours.
    """
    if runtime.limits is not None:
        await runtime.limits.count_lookup(address)
    code_hash = hash_code(runtime, short_codes.parse(code, CODE_LENGTH) or "")
    async with reading(runtime.engine) as session:
        report = await find_tracked(session, code_hash)
        # An unknown code costs the same statements.
        events = await find_report_events(session, "" if report is None else report.id)
    if report is None:
        message = "no report has this tracking code"
        raise NotFoundError(message)
    return report, events


def show_tracked(report: Report, events: Sequence[ReportEvent]) -> Tracked:
    """Return what the reporter may see of a report: never a note, never who works on it."""
    said: dict[str, list[Message]] = {ReportEventKind.MESSAGE: [], ReportEventKind.ADDITION: []}
    for one in events:
        if one.kind in said:
            said[one.kind].append(Message(one.at, one.text))
    messages, additions = map(tuple, said.values())
    return Tracked(_status_of(report), report.updated_at, messages, additions)


def _status_of(report: Report) -> ReportStatus:
    """Return where a report stands, as far as its reporter may know.

    Whoever tells again what somebody told is not told that somebody did: an impostor would ask.
    """
    status = ReportStatus(report.status)
    is_as_it_came = report.duplicate_of is not None and report.updated_at == report.received_at
    return ReportStatus.NEW if is_as_it_came and status != ReportStatus.WITHDRAWN else status


def hash_code(runtime: Runtime, code: str) -> bytes:
    """Return the keyed hash that a tracking code is found by."""
    return runtime.seal.find(code, "report.tracking")


def _in_groups(code: str) -> str:
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))
