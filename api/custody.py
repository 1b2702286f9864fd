"""Evidence over HTTP: copies to look at, originals for a reason, and the pack for the police."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from api.authorisation import Authorised
from api.fraud_reports import Id
from api.runtimes import Running
from api.wire import Line, Wire
from domain.languages import negotiate
from domain.states import Language
from service import custody, police_packs
from service.police_packs import PackOrder

router = APIRouter(tags=["fraud"])


class OriginalRequest(Wire):
    """Why the original has to be opened."""

    reason: Line


@router.get(
    "/v1/fraud/reports/{report_id}/evidence/{evidence_id}",
    response_class=Response,
    responses={200: {"content": {"image/webp": {}}}},
)
async def open_copy(
    runtime: Running, caller: Authorised, report_id: Id, evidence_id: Id
) -> Response:
    """Download an image; no browser shows it by itself, or takes it for anything else."""
    opened = await custody.open_copy(runtime, caller, report_id, evidence_id)
    headers = attachment(f"{evidence_id}.webp")
    return Response(opened.content, media_type=opened.media_type, headers=headers)


@router.post(
    "/v1/fraud/reports/{report_id}/evidence/{evidence_id}/original",
    response_class=Response,
    responses={200: {"content": {custody.ORIGINAL_MEDIA_TYPE: {}}}},
)
async def open_original(
    runtime: Running, caller: Authorised, report_id: Id, evidence_id: Id, asked: OriginalRequest
) -> Response:
    """Download an image as it was sent, metadata and all; caller and reason go on record first."""
    opened = await custody.open_original(runtime, caller, report_id, evidence_id, asked.reason)
    headers = attachment(f"{evidence_id}.original")
    return Response(opened.content, media_type=opened.media_type, headers=headers)


@router.get(
    "/v1/fraud/reports/{report_id}/police-pack.zip",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
async def pack(  # noqa: PLR0913, PLR0917 - one argument a query parameter
    request: Request,
    runtime: Running,
    caller: Authorised,
    report_id: Id,
    language: Language | None = None,
    reason: Annotated[Line | None, Query()] = None,
    *,
    originals: bool = False,
) -> StreamingResponse:
    """Download what the police get: a summary, the evidence and their digests; on record.

    Originals, with their metadata, need a reason.
    """
    chosen = language or negotiate(request.headers.get("accept-language"))
    order = PackOrder(chosen, reason, originals=originals)
    packed = await police_packs.pack_reports(runtime, caller, [report_id], order)
    headers = attachment(f"{report_id}.zip")
    return StreamingResponse(packed, media_type="application/zip", headers=headers)


def attachment(name: str) -> dict[str, str]:
    """Return headers by which a browser saves a file and never shows it."""
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
