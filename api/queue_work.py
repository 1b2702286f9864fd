"""Working the queue over HTTP: ends by four eyes, legal hold, duplicates, and the last look."""

from datetime import datetime

from fastapi import APIRouter

from api.authorisation import Authorised
from api.fraud_reports import Id, ReportDetailResponse
from api.runtimes import Running
from api.wire import Line, Moment, Shown, Wire, in_bounds
from domain.reports import ReportStatus
from service import closings, duplicates, fraud_reports, holds, looks

router = APIRouter(tags=["fraud"])


class CloseApprovalRequest(Wire):
    """The end that was asked for, so that nobody approves another one by mistake."""

    status: ReportStatus


class HoldRequest(Wire):
    """Whether a report is held, and why."""

    held: bool
    reason: Line


class LookRequest(Wire):
    """Up to when the queue was seen; now unless said."""

    until: Moment | None = None


class LookResponse(Shown):
    """Up to when the caller has seen the queue."""

    looked_at: datetime


@router.post("/v1/fraud/reports/{report_id}/close-approvals")
async def approve(
    runtime: Running, caller: Authorised, report_id: Id, asked: CloseApprovalRequest
) -> ReportDetailResponse:
    """Approve the end that another analyst asked for; who asked may not."""
    detail = await closings.approve(runtime, caller, report_id, asked.status)
    return ReportDetailResponse.model_validate(detail)


@router.put("/v1/fraud/reports/{report_id}/hold")
async def hold(
    runtime: Running, caller: Authorised, report_id: Id, asked: HoldRequest
) -> ReportDetailResponse:
    """Put a report on legal hold, or lift it; retention passes over what is held."""
    detail = await holds.hold(runtime, caller, report_id, asked.reason, held=asked.held)
    return ReportDetailResponse.model_validate(detail)


@router.post("/v1/fraud/reports/{report_id}/separate")
async def separate(runtime: Running, caller: Authorised, report_id: Id) -> ReportDetailResponse:
    """Take a report out from under the one that it was folded under, back into the queue."""
    await duplicates.separate(runtime, caller, report_id)
    return ReportDetailResponse.model_validate(await fraud_reports.read_report(runtime, report_id))


@router.post("/v1/fraud/looks")
async def look(runtime: Running, caller: Authorised, asked: LookRequest) -> LookResponse:
    """Remember what the caller has seen of the queue, for `since=last`."""
    until = None if asked.until is None else in_bounds(asked.until)
    return LookResponse(looked_at=await looks.look(runtime, caller, until))
