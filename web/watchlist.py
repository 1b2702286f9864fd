"""`/console/watchlist`: what the fraud team wants to meet again; every act is on record."""

from datetime import date, timedelta
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from domain.callers import Caller
from domain.errors import AlreadyExistsError, ConflictError, ForbiddenError, InvalidError
from domain.watchlist import WatchKind
from service import watchlist
from service.days import start_of
from service.runtime import Runtime
from service.watchlist import WatchDraft, WatchPage
from web.console import Analyst, render_console
from web.fields import STORABLE, Id, Kept, Note
from web.filters import Paged, find_by, links
from web.pages import runtime_of

router = APIRouter()
_SHOWN: Final = 25
_USUAL: Final = timedelta(days=90)
Value = Annotated[str, StringConstraints(max_length=2048, pattern=STORABLE)]


class Entered(BaseModel):
    """A new entry as it was typed; what is missing is asked for again."""

    model_config = ConfigDict(frozen=True)

    kind: WatchKind
    value: Annotated[Value | None, Kept] = None
    note: Annotated[Note | None, Kept] = None
    last_day: Annotated[date | None, Kept] = None


class Days(NamedTuple):
    """The first and the last day that may be chosen."""

    first: date
    last: date


@router.get("/console/watchlist")
async def show(request: Request, caller: Analyst, *, saved: bool = False) -> Response:
    """Show the watchlist, the last added first."""
    return await _show(request, caller, saved=saved)


@router.post("/console/watchlist")
async def add(request: Request, caller: Analyst, entered: Annotated[Entered, Form()]) -> Response:
    """Watch for a value, with a reason and a last day."""
    runtime = runtime_of(request)
    if entered.value is None or entered.note is None or entered.last_day is None:
        return await _show(request, caller, 422, entered=entered, problem="missing")
    if not _days(runtime).first <= entered.last_day <= _days(runtime).last:
        return await _show(request, caller, 422, entered=entered, problem="day")
    try:
        expires_at = start_of(runtime, entered.last_day, days=1)
        draft = WatchDraft(entered.kind, entered.value, entered.note, expires_at)
        await watchlist.add(runtime, caller, draft)
    except InvalidError:
        return await _show(request, caller, 422, entered=entered, problem="value")
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


def _days(runtime: Runtime) -> Days:
    """Return which days may be an entry's last: it ends with that day, within the longest time."""
    today = runtime.clock().astimezone(runtime.time_zone).date()
    return Days(today, today + watchlist.LONGEST - timedelta(days=1))


def _saved() -> Response:
    return RedirectResponse("/console/watchlist?saved=true", 303)


async def _show(  # noqa: PLR0913 - each by its name
    request: Request,
    caller: Caller,
    status: int = 200,
    *,
    entered: Entered | None = None,
    problem: str | None = None,
    saved: bool = False,
) -> Response:
    runtime = runtime_of(request)

    async def find(sought: Paged) -> WatchPage:
        return await watchlist.list_watchlist(runtime, _SHOWN, sought.cursor)

    asked = await find_by(request, Paged, find)
    page = asked.found
    days = _days(runtime)
    return render_console(
        request,
        caller,
        "watchlist.html",
        max(status, asked.status),
        entries=page.items if page else None,
        wrong=asked.wrong,
        kinds=list(WatchKind),
        entered=entered,
        usual_day=days.first + _USUAL,
        first_day=days.first,
        latest_day=days.last,
        problem=problem,
        saved=saved,
        **links("/console/watchlist", request, asked, page.next_cursor if page else None),
    )
