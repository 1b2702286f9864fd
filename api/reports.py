"""Reports of suspicious visitors over HTTP, by anybody."""

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request

from api.authorisation import Authorised
from api.report_bodies import address_of, body_of, parse, read_sent
from api.runtimes import Running
from api.wire import Shown
from domain.languages import negotiate
from domain.reports import ReportStatus
from service import reports
from service.report_drafts import ReportDraft
from service.runtime import Runtime

router = APIRouter(tags=["reports"])


class ReceivedResponse(Shown):
    """A report that is on disk; keep the code, it is told once."""

    tracking_code: str
    status: ReportStatus


class MessageResponse(Shown):
    """What the team wrote to the reporter, or the reporter added."""

    sent_at: datetime
    text: str


class TrackedResponse(Shown):
    """Where a report stands."""

    status: ReportStatus
    updated_at: datetime
    messages: list[MessageResponse]
    additions: list[MessageResponse]


_BODY: Final = body_of(ReportDraft, "report")


@router.post("/v1/reports", status_code=201, openapi_extra={"requestBody": _BODY})
async def submit(request: Request, runtime: Running) -> ReceivedResponse:
    """Report a visitor: JSON, or multipart with up to 10 images, at most 50 MB together."""
    await reports.admit(runtime, address_of(request))
    return await _receive(request, runtime, entered_by=None)


@router.post("/v1/desk/reports", status_code=201, openapi_extra={"requestBody": _BODY})
async def submit_for_caller(
    request: Request, runtime: Running, caller: Authorised
) -> ReceivedResponse:
    """Report a visitor for somebody on the phone, and read the tracking code to him."""
    return await _receive(request, runtime, entered_by=caller.subject)


async def _receive(request: Request, runtime: Runtime, entered_by: str | None) -> ReceivedResponse:
    language = negotiate(request.headers.get("accept-language"))
    async with read_sent(request, "report") as (text, where, files):
        draft = parse(ReportDraft, text, where)
        received = await reports.submit(
            runtime, draft, files, draft.language or language, entered_by
        )
    return ReceivedResponse.model_validate(received)


@router.get("/v1/reports/{tracking_code}")
async def track(request: Request, runtime: Running, tracking_code: str) -> TrackedResponse:
    """Tell where a report stands, and what the team wrote to its reporter."""
    found = await reports.track(runtime, address_of(request), tracking_code)
    return TrackedResponse.model_validate(found)
