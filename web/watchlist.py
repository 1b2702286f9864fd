"""`/console/watchlist`: what the fraud team wants to meet again; every act is on record."""

from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from domain.callers import Caller
from domain.errors import AlreadyExistsError, ConflictError, ForbiddenError, InvalidError
from domain.watchlist import WatchKind
from service import watchlist
from service.days import start_of
from service.watchlist import WatchDraft
from web.console import Analyst, render_console
from web.fraud_reports import Kept, Note, Word
from web.pages import runtime_of

router = APIRouter()
_SHOWN: Final = 25
_USUAL: Final = timedelta(days=90)
_STORABLE: Final = r"^[^\x00]*$"
Value = Annotated[str, StringConstraints(max_length=2048, pattern=_STORABLE)]
Id = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class Entered(BaseModel):
    """A new entry as it was typed; what is missing is asked for again."""

    model_config = ConfigDict(frozen=True)

    kind: WatchKind
    value: Annotated[Value | None, Kept] = None
    note: Annotated[Note | None, Kept] = None
    last_day: Annotated[date | None, Kept] = None


@router.get("/console/watchlist")
async def show(
    request: Request,
    caller: Analyst,
    cursor: Annotated[Word | None, Kept, Query()] = None,
    *,
    saved: bool = False,
) -> Response:
    """Show the watchlist, the last added first."""
    return await _show(request, caller, cursor=cursor, saved=saved)


@router.post("/console/watchlist")
async def add(request: Request, caller: Analyst, entered: Annotated[Entered, Form()]) -> Response:
    """Watch for a value, with a reason and a last day."""
    runtime = runtime_of(request)
    if entered.value is None or entered.note is None or entered.last_day is None:
        return await _show(request, caller, 422, entered=entered, problem="missing")
    try:
        expires_at = start_of(runtime, entered.last_day, days=1)
        draft = WatchDraft(entered.kind, entered.value, entered.note, expires_at)
        await watchlist.add(runtime, caller, draft)
    except InvalidError:
        return await _show(request, caller, 422, entered=entered, problem="invalid")
    except AlreadyExistsError:
        return await _show(request, caller, 409, entered=entered, problem="exists")
    return _saved()


@router.post("/console/watchlist/{entry_id}/approve")
async def approve(request: Request, caller: Analyst, entry_id: Id) -> Response:
    """Let somebody else's entry about one of our own take effect."""
    try:
        await watchlist.approve(runtime_of(request), caller, entry_id)
    except ForbiddenError:
        return await _show(request, caller, 403, problem="own")
    except ConflictError:
        return await _show(request, caller, 409, problem="changed")
    return _saved()


@router.post("/console/watchlist/{entry_id}/remove")
async def remove(request: Request, caller: Analyst, entry_id: Id) -> Response:
    """End an entry at once; it stays on record."""
    try:
        await watchlist.remove(runtime_of(request), caller, entry_id)
    except ConflictError:
        return await _show(request, caller, 409, problem="changed")
    return _saved()


def _saved() -> Response:
    return RedirectResponse("/console/watchlist?saved=true", 303)


async def _show(  # noqa: PLR0913 - each by its name
    request: Request,
    caller: Caller,
    status: int = 200,
    *,
    cursor: str | None = None,
    entered: Entered | None = None,
    problem: str | None = None,
    saved: bool = False,
) -> Response:
    runtime = runtime_of(request)
    page = await watchlist.list_watchlist(runtime, _SHOWN, cursor)
    today = runtime.clock().astimezone(runtime.time_zone).date()
    following = page.next_cursor and f"/console/watchlist?cursor={page.next_cursor}"
    return render_console(
        request,
        caller,
        "watchlist.html",
        status,
        entries=page.items,
        kinds=list(WatchKind),
        entered=entered,
        usual_day=today + _USUAL,
        first_day=today,
        latest_day=today + watchlist.LONGEST - timedelta(days=1),
        problem=problem,
        saved=saved,
        first=None if cursor is None else "/console/watchlist",
        following=following,
    )
