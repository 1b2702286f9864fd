"""Visit tokens over HTTP, and the live events that the staff screen listens to."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.authorisation import Authorised
from api.runtimes import Running
from api.visits import VisitResponse
from api.wire import Day, Shown, Wire, Word
from service import visit_lists, visit_screens, visit_tokens
from service.events import Event
from service.visit_screens import Screen, TeamEvent

router = APIRouter(tags=["staff"])


class TokenRequest(Wire):
    """Which of the caller's phones the token is for."""

    device_id: Word


class TokenResponse(Shown):
    """A token, already on record."""

    token: str
    ref: str
    not_before: datetime
    expires_at: datetime
    server_time: datetime
    code_url_prefix: str


class RevokedResponse(Shown):
    """What was revoked."""

    ref: str
    revoked: bool = True


class StaffVisitListResponse(Shown):
    """The caller's own visits of a day."""

    items: list[VisitResponse]
    next_cursor: str | None


@router.get("/v1/staff/visits")
async def own_visits(
    runtime: Running, caller: Authorised, date: Day | None = None, cursor: str | None = None
) -> StaffVisitListResponse:
    """List the caller's visits."""
    page = await visit_lists.list_visits(
        runtime, day=date, staff_number=caller.subject, limit=200, cursor=cursor
    )
    return StaffVisitListResponse.model_validate(page)


@router.post("/v1/visits/{visit_id}/tokens", status_code=201)
async def issue(
    runtime: Running, caller: Authorised, visit_id: str, asked: TokenRequest
) -> TokenResponse:
    """Issue a token for an assigned visit to the caller's own active phone."""
    issued = await visit_tokens.issue_token(runtime, caller, visit_id, asked.device_id)
    return TokenResponse.model_validate(issued)


@router.post("/v1/tokens/{ref}/revoke")
async def revoke(runtime: Running, _caller: Authorised, ref: str) -> RevokedResponse:
    """Refuse a token from the next scan on."""
    await visit_tokens.revoke_token(runtime, ref)
    return RevokedResponse(ref=ref)


async def opened(runtime: Running, caller: Authorised, visit_id: str, device_id: str) -> Screen:
    """Open the caller's screen before the stream begins: a stream has no status to refuse with."""
    return await visit_screens.open_screen(runtime, caller, visit_id, device_id)


@router.get("/v1/visits/{visit_id}/events", response_class=EventSourceResponse)
async def events(
    runtime: Running, screen: Annotated[Screen, Depends(opened)]
) -> AsyncIterator[ServerSentEvent]:
    """Stream what the visitor's own screen shows, until the visit or his right to it ends."""
    async for event in visit_screens.watch(runtime, screen):
        yield _on_wire(event)


def _on_wire(event: Event | TeamEvent) -> ServerSentEvent:
    if isinstance(event, TeamEvent):
        data: dict[str, object] = {"staff_number": event.staff_number, "checked_at": event.at}
        return ServerSentEvent(data=data, event="team")
    if event.kind == "checked":
        data = {"checked_at": event.at, "match_number": event.match_number}
        return ServerSentEvent(data=data, event=event.kind)
    return ServerSentEvent(data={"at": event.at}, event=event.kind)
