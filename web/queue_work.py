"""`/console/reports/...`: approving an end, holds, duplicates, originals; and the last look."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from domain.errors import ConflictError, ForbiddenError, InvalidError
from domain.reports import ReportStatus
from service import closings, custody, duplicates, holds, looks
from web.console import Analyst
from web.fields import Id, Kept, Word
from web.fraud_reports import Unsent, show_refused, show_report, show_saved
from web.pages import runtime_of

router = APIRouter()
Reason = Annotated[Word | None, Kept, Form()]


@router.post("/console/looks")
async def look(request: Request, caller: Analyst, until: Annotated[str, Form()] = "") -> Response:
    """Remember that the caller has seen the queue as it was when his page was made."""
    try:
        seen = datetime.fromisoformat(until)
        moment = seen.astimezone(runtime_of(request).time_zone)
    except (ValueError, OverflowError) as error:
        message = "no such moment"
        raise InvalidError(message) from error
    await looks.look(runtime_of(request), caller, moment)
    return RedirectResponse("/console?since=last", 303)


@router.post("/console/reports/{report_id}/close-approvals")
async def approve(
    request: Request,
    caller: Analyst,
    report_id: Id,
    status: Annotated[ReportStatus, Form()],
    unsent: Unsent,
) -> Response:
    """Approve the end that another analyst asked for."""
    try:
        await closings.approve(runtime_of(request), caller, report_id, status)
    except (ConflictError, ForbiddenError) as error:
        return await show_refused(request, caller, report_id, error, unsent)
    return await show_saved(request, caller, report_id, unsent)


@router.post("/console/reports/{report_id}/hold")
async def hold(  # noqa: PLR0913 - one argument a field of the form
    request: Request,
    caller: Analyst,
    report_id: Id,
    unsent: Unsent,
    reason: Reason = None,
    *,
    held: Annotated[bool, Form()] = False,
) -> Response:
    """Put a report on legal hold, or lift it, for a reason on record."""
    if reason is None:
        return await show_report(request, caller, report_id, 422, missing="hold", typed=unsent)
    try:
        await holds.hold(runtime_of(request), caller, report_id, reason, held=held)
    except ConflictError as error:
        return await show_refused(request, caller, report_id, error, unsent)
    return await show_saved(request, caller, report_id, unsent)


@router.post("/console/reports/{report_id}/separate")
async def separate(request: Request, caller: Analyst, report_id: Id, unsent: Unsent) -> Response:
    """Take a report out from under the one that it was folded under."""
    try:
        await duplicates.separate(runtime_of(request), caller, report_id)
    except ConflictError as error:
        return await show_refused(request, caller, report_id, error, unsent)
    return await show_saved(request, caller, report_id, unsent)


@router.post("/console/reports/{report_id}/originals/{evidence_id}")
async def open_original(  # noqa: PLR0913, PLR0917 - one argument a field of the form
    request: Request,
    caller: Analyst,
    report_id: Id,
    evidence_id: Id,
    unsent: Unsent,
    reason: Reason = None,
) -> Response:
    """Send an image as it came, as a file to save, for a reason on record."""
    if reason is None:
        return await show_report(request, caller, report_id, 422, missing="original", typed=unsent)
    runtime = runtime_of(request)
    opened = await custody.open_original(runtime, caller, report_id, evidence_id, reason)
    headers = {
        "Content-Disposition": f'attachment; filename="{evidence_id}.original"',
        "Cache-Control": "private, no-store",
    }
    return Response(opened.content, media_type=opened.media_type, headers=headers)
