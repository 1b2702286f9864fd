"""What reporters do with their tracking codes after the report, over HTTP."""

from typing import Final

from fastapi import APIRouter, Request

from api.report_bodies import address_of, body_of, parse, read_sent
from api.reports import TrackedResponse
from api.runtimes import Running
from service import additions, reports
from service.report_drafts import AdditionDraft

router = APIRouter(tags=["reports"])
_BODY: Final = body_of(AdditionDraft, "addition")


@router.post(
    "/v1/reports/{tracking_code}/additions",
    status_code=201,
    openapi_extra={"requestBody": _BODY},
)
async def add(request: Request, runtime: Running, tracking_code: str) -> TrackedResponse:
    """Add facts to a report: JSON, or multipart with up to 10 images more; counts as a report."""
    address = address_of(request)
    await reports.admit(runtime, address)
    async with read_sent(request, "addition") as (text, where, files):
        said = parse(AdditionDraft, text, where)
        tracked = await additions.add(runtime, address, tracking_code, said.text, files)
    return TrackedResponse.model_validate(tracked)


@router.post("/v1/reports/{tracking_code}/withdraw")
async def withdraw(request: Request, runtime: Running, tracking_code: str) -> TrackedResponse:
    """Withdraw a report; it stays on record, and its code opens nothing any more."""
    tracked = await additions.withdraw(runtime, address_of(request), tracking_code)
    return TrackedResponse.model_validate(tracked)
