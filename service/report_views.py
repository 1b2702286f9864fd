"""Reports as the people who look into them see them: everything but who sent one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from db.reports import Report, find_report_events
from db.sightings import find_related
from db.verifications import Verification
from domain.indicators import IndicatorKind
from domain.reports import AskedFor, ReportEventKind, ReportKind, ReportStatus, Severity
from domain.states import Language
from domain.verdicts import Reason
from service.case_views import Standing, read_standing
from service.feedback import suggest_message
from service.queue_views import (
    ClosingRequest,
    Duplicate,
    Evidence,
    read_closing,
    read_duplicates,
    read_evidence,
)
from service.report_drafts import Claimed, ReportedPlace
from service.report_rows import read_place
from service.runtime import Runtime
from service.sightings import SightingEntry, view
from verifiers.indicators import value_of

_SIGHTINGS: Final = 20  # the last ones that a report shows


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """A report in a list."""

    id: str
    status: ReportStatus
    severity: Severity
    kind: ReportKind
    received_at: datetime
    updated_at: datetime
    occurred_at: datetime
    description: str
    asked_for: tuple[AskedFor, ...]
    claimed: Claimed
    payee: str | None
    url: str | None
    latitude: float | None
    longitude: float | None
    has_contact: bool
    evidence_count: int
    verification_id: str | None
    language: Language
    assignee: str | None
    due_at: datetime | None
    closing: ClosingRequest | None
    police_reference: str | None
    is_held: bool
    entered_by: str | None
    duplicate_of: str | None
    duplicate_count: int
    addition_count: int


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that was done with a report."""

    at: datetime
    actor: str
    kind: ReportEventKind
    text: str


@dataclass(frozen=True, slots=True)
class LinkedVerification:
    """The check that a report came from."""

    id: str
    checked_at: datetime
    kind: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class ReportDetail(ReportSummary):
    """Everything about a report but who sent it."""

    place: ReportedPlace | None
    verification: LinkedVerification | None
    evidence: tuple[Evidence, ...]
    sightings: tuple[SightingEntry, ...]
    standing: Standing | None
    history: tuple[HistoryEntry, ...]
    duplicates: tuple[Duplicate, ...]
    suggested_message: str


def summarise(report: Report) -> ReportSummary:
    """Return a report for a list."""
    return ReportSummary(**_summary(report))


async def read_detail(session: AsyncSession, runtime: Runtime, report: Report) -> ReportDetail:
    """Return a report with place, evidence, history, its check, and sightings of the same."""
    found = None
    if report.verification_id is not None:
        found = await session.get(Verification, report.verification_id)
    origin = value_of(IndicatorKind.CODE_ORIGIN, report.url or "", runtime.country)
    seen = await find_related(
        session, report.verification_id, report.badge_number_folded, origin, _SIGHTINGS
    )
    history = await find_report_events(session, report.id)
    return ReportDetail(
        **_summary(report),
        place=read_place(runtime.seal, report),
        verification=None
        if found is None
        else LinkedVerification(found.id, found.checked_at, found.kind, Reason(found.reason)),
        evidence=(await read_evidence(session, [report.id]))[report.id],
        sightings=tuple(view(one) for one in seen),
        standing=await read_standing(session, report.id),
        history=tuple(
            HistoryEntry(one.at, one.actor, ReportEventKind(one.kind), one.text) for one in history
        ),
        duplicates=await read_duplicates(session, report.id),
        suggested_message=suggest_message(ReportStatus(report.status), Language(report.language)),
    )


def _summary(report: Report) -> dict[str, Any]:
    return {
        "id": report.id,
        "status": ReportStatus(report.status),
        "severity": Severity(report.severity),
        "kind": ReportKind(report.kind),
        "received_at": report.received_at,
        "updated_at": report.updated_at,
        "occurred_at": report.occurred_at,
        "description": report.description,
        "asked_for": tuple(AskedFor(one) for one in report.asked_for),
        "claimed": Claimed.model_construct(
            name=report.claimed_name,
            badge_number=report.badge_number,
            agency=report.agency,
            phone=report.phone,
            plate=report.plate,
            organisation=report.organisation,
        ),
        "payee": report.payee,
        "url": report.url,
        "latitude": report.latitude,
        "longitude": report.longitude,
        "has_contact": report.contact_sealed is not None,
        "evidence_count": report.evidence_count,
        "verification_id": report.verification_id,
        "language": Language(report.language),
        "assignee": report.assignee,
        "due_at": report.due_at,
        "closing": read_closing(report),
        "police_reference": report.police_reference,
        "is_held": report.is_held,
        "entered_by": report.entered_by,
        "duplicate_of": report.duplicate_of,
        "duplicate_count": report.duplicate_count,
        "addition_count": report.addition_count,
    }
