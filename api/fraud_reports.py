"""Reports over HTTP for the fraud team; auditors may read them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.authorisation import Authorised
from api.case_wire import StandingResponse
from api.report_filters import Filtered
from api.runtimes import Running
from api.sightings import SightingResponse
from api.wire import Line, Shown, Wire
from domain.reports import (
    AskedFor,
    CustodyKind,
    ReportEventKind,
    ReportKind,
    ReportStatus,
    Severity,
)
from domain.states import Language
from domain.verdicts import Reason
from service import fraud_reports, report_lists
from service.report_changes import ReportChange
from service.report_drafts import Filled

router = APIRouter(tags=["fraud"])
Id = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class ClaimedResponse(Shown):
    """Who the visitor said to be, and what was seen of him."""

    name: str | None
    badge_number: str | None
    agency: str | None
    phone: str | None
    plate: str | None
    organisation: str | None


class ClosingResponse(Shown):
    """The end that one analyst asked for; another one may approve it."""

    status: ReportStatus
    asked_by: str
    asked_at: datetime


class ReportSummaryResponse(Shown):
    """A report in the queue."""

    id: str
    status: ReportStatus
    severity: Severity
    kind: ReportKind
    received_at: datetime
    updated_at: datetime
    occurred_at: datetime
    description: str
    asked_for: list[AskedFor]
    claimed: ClaimedResponse
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
    closing: ClosingResponse | None
    police_reference: str | None
    is_held: bool
    entered_by: str | None
    duplicate_of: str | None
    duplicate_count: int
    addition_count: int


class ReportedPlaceResponse(Shown):
    """Where it happened."""

    text: str
    latitude: float | None
    longitude: float | None


class LinkedVerificationResponse(Shown):
    """The check that the report came from."""

    id: str
    checked_at: datetime
    kind: str
    reason: Reason


class CustodyEntryResponse(Shown):
    """One thing that happened to a piece of evidence."""

    at: datetime
    actor: str
    kind: CustodyKind
    text: str


class EvidenceResponse(Shown):
    """An image, at `/v1/fraud/reports/{id}/evidence/{evidence_id}`.

    Digest (SHA-256, hex) and size are those of the sealed original.
    """

    id: str
    media_type: str
    original_sha256: str | None
    original_bytes: int | None
    custody: list[CustodyEntryResponse]


class HistoryEntryResponse(Shown):
    """One thing that was done with the report."""

    at: datetime
    actor: str
    kind: ReportEventKind
    text: str


class DuplicateResponse(Shown):
    """A report that says the same again, with evidence of its own."""

    id: str
    status: ReportStatus
    received_at: datetime
    description: str
    has_contact: bool
    entered_by: str | None
    evidence: list[EvidenceResponse]


class ReportDetailResponse(ReportSummaryResponse):
    """Everything about a report but who sent it."""

    place: ReportedPlaceResponse | None
    verification: LinkedVerificationResponse | None
    evidence: list[EvidenceResponse]
    sightings: list[SightingResponse]
    standing: StandingResponse | None
    history: list[HistoryEntryResponse]
    duplicates: list[DuplicateResponse]
    suggested_message: str


class ReportListResponse(Shown):
    """A page of the queue."""

    items: list[ReportSummaryResponse]
    next_cursor: str | None


class ReportChangeRequest(Wire):
    """What changes; what is missing stays."""

    status: ReportStatus | None = None
    severity: Severity | None = None
    kind: ReportKind | None = None
    note: Filled | None = None
    message_to_reporter: Filled | None = None
    assignee: Line | None = None
    police_reference: Line | None = None
    declines: ReportStatus | None = None


class RevealRequest(Wire):
    """Why the reporter has to be reached."""

    reason: Line


class ContactResponse(Shown):
    """How to reach the reporter."""

    name: str | None
    phone: str | None
    email: str | None


@router.get("/v1/fraud/reports")
async def list_reports(
    runtime: Running,
    caller: Authorised,
    filters: Filtered,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> ReportListResponse:
    """List reports; days are those of receipt, inclusive, and `alias` finds homophones too.

    `assignee` is a subject, `me` or `none`; duplicates are folded under the first report.
    """
    page = await report_lists.list_reports(runtime, filters, limit, cursor, caller)
    return ReportListResponse.model_validate(page)


@router.get("/v1/fraud/reports/{report_id}")
async def read(runtime: Running, _caller: Authorised, report_id: Id) -> ReportDetailResponse:
    """Read a report with its evidence and history, but not who sent it."""
    return ReportDetailResponse.model_validate(await fraud_reports.read_report(runtime, report_id))


@router.patch("/v1/fraud/reports/{report_id}")
async def change(
    runtime: Running, caller: Authorised, report_id: Id, asked: ReportChangeRequest
) -> ReportDetailResponse:
    """Change a report, add a note for colleagues, or a message that its reporter will read."""
    wanted = ReportChange(**asked.model_dump())
    changed = await fraud_reports.change_report(runtime, caller, report_id, wanted)
    return ReportDetailResponse.model_validate(changed)


@router.post("/v1/fraud/reports/{report_id}/contact")
async def reveal_contact(
    runtime: Running, caller: Authorised, report_id: Id, asked: RevealRequest
) -> ContactResponse:
    """Tell how to reach the reporter; caller and reason go on record first."""
    contact = await fraud_reports.reveal_contact(runtime, caller, report_id, asked.reason)
    return ContactResponse.model_validate(contact)
