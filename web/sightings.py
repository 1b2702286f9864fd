"""`/console/sightings`: what was odd about checks."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from domain.sightings import SightingKind
from service import sightings, watch_hits
from service.sightings import SightingFilters, SightingPage
from web.console import Analyst, render_console
from web.fields import Word
from web.filters import Days, Near, Paged, find_by, links
from web.pages import runtime_of

router = APIRouter()
_SHOWN: Final = 25


class Sought(Days, Paged):
    """What the list is filtered by."""

    kind: SightingKind | None = None
    badge_number: Word | None = None
    near: Near | None = None


@router.get("/console/sightings")
async def show(request: Request, caller: Analyst) -> Response:
    """Show sightings, the last first."""

    async def find(sought: Sought) -> SightingPage:
        filters = SightingFilters(**sought.model_dump(exclude={"cursor"}))
        return await sightings.list_sightings(runtime_of(request), filters, _SHOWN, sought.cursor)

    asked = await find_by(request, Sought, find)
    page = asked.found
    met = {one.entry_id for one in page.items if one.entry_id is not None} if page else set()
    return render_console(
        request,
        caller,
        "sightings.html",
        asked.status,
        sightings=page.items if page else None,
        watched=await watch_hits.name_entries(runtime_of(request), met) if met else {},
        kinds=list(SightingKind),
        given=asked.given,
        wrong=asked.wrong,
        **links("/console/sightings", request, asked, page.next_cursor if page else None),
    )
