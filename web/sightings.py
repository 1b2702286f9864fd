"""`/console/sightings`: what was odd about checks."""

from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from domain.sightings import SightingKind
from service import sightings
from service.sightings import SightingFilters
from web.console import Analyst, render_console
from web.fraud_reports import Kept, Word
from web.pages import runtime_of

router = APIRouter()
_SHOWN: Final = 25


class Sought(BaseModel):
    """What the list is filtered by, as it stands in the address."""

    model_config = ConfigDict(frozen=True)

    kind: Annotated[SightingKind | None, Kept] = None
    first_day: Annotated[date | None, Kept, Field(alias="from")] = None
    last_day: Annotated[date | None, Kept, Field(alias="to")] = None
    badge_number: Annotated[Word | None, Kept] = None
    near: Annotated[Word | None, Kept] = None
    cursor: Annotated[Word | None, Kept] = None


@router.get("/console/sightings")
async def show(request: Request, caller: Analyst, sought: Annotated[Sought, Query()]) -> Response:
    """Show sightings, the last first."""
    filters = SightingFilters(
        sought.kind, sought.first_day, sought.last_day, sought.badge_number, sought.near
    )
    page = await sightings.list_sightings(runtime_of(request), filters, _SHOWN, sought.cursor)
    given = sought.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"cursor"})
    following = None
    if page.next_cursor is not None:
        following = f"/console/sightings?{urlencode({**given, 'cursor': page.next_cursor})}"
    return render_console(
        request,
        caller,
        "sightings.html",
        sightings=page.items,
        kinds=list(SightingKind),
        given=given,
        first=None if sought.cursor is None else f"/console/sightings?{urlencode(given)}",
        following=following,
    )
