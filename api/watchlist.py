"""The watchlist over HTTP: what the fraud team wants to meet again."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.authorisation import Authorised
from api.runtimes import Running
from api.wire import Moment, Shown, Text, Wire, in_bounds
from domain.watchlist import WatchKind, WatchState
from service import watchlist
from service.report_drafts import Filled
from service.watchlist import WatchDraft

router = APIRouter(tags=["fraud"])
Id = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class WatchRequest(Wire):
    """What to watch for; `note` is the reason."""

    kind: WatchKind
    value: Annotated[Filled, Field(max_length=2048)]
    note: Filled
    expires_at: Moment


class WatchEntryResponse(Shown):
    """An entry, and everybody who had a hand in it."""

    id: str
    kind: WatchKind
    value: str
    note: str
    expires_at: datetime
    state: WatchState
    needs_approval: bool
    added_by: str
    added_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    removed_by: str | None
    removed_at: datetime | None


class WatchListResponse(Shown):
    """A page of the watchlist, the last added first; past entries stay in it."""

    items: list[WatchEntryResponse]
    next_cursor: str | None


@router.get("/v1/fraud/watchlist")
async def list_watchlist(
    runtime: Running,
    _caller: Authorised,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> WatchListResponse:
    """List all entries, the last added first."""
    return WatchListResponse.model_validate(await watchlist.list_watchlist(runtime, limit, cursor))


@router.post("/v1/fraud/watchlist", status_code=201)
async def add(runtime: Running, caller: Authorised, asked: WatchRequest) -> WatchEntryResponse:
    """Watch for a value from now on; what is in our registry waits for a second person."""
    draft = WatchDraft(asked.kind, asked.value, asked.note, in_bounds(asked.expires_at))
    return WatchEntryResponse.model_validate(await watchlist.add(runtime, caller, draft))


@router.post("/v1/fraud/watchlist/{entry_id}/approve")
async def approve(runtime: Running, caller: Authorised, entry_id: Id) -> WatchEntryResponse:
    """Let an entry about one of our own take effect; never by whoever added it."""
    return WatchEntryResponse.model_validate(await watchlist.approve(runtime, caller, entry_id))


@router.delete("/v1/fraud/watchlist/{entry_id}")
async def remove(runtime: Running, caller: Authorised, entry_id: Id) -> WatchEntryResponse:
    """End an entry at once; it stays on record."""
    return WatchEntryResponse.model_validate(await watchlist.remove(runtime, caller, entry_id))


@router.delete("/v1/fraud/watchlist", status_code=204)
async def remove_value(runtime: Running, caller: Authorised, kind: WatchKind, value: Text) -> None:
    """End the entry of a value at once; it stays on record."""
    await watchlist.remove_value(runtime, caller, kind, value)
