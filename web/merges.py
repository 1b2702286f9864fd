"""`/console/cases/{case_id}/merge`: two cases side by side, one comes into the other, and back."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.indicators import IndicatorKind
from service import merges
from web.cases import Refused, Words, carry_out, show_refused
from web.console import Analyst, render_console
from web.fields import Id, Kept, Word
from web.pages import runtime_of

router = APIRouter()
_FIRST = (IndicatorKind.ALIAS, IndicatorKind.PHONE, IndicatorKind.PLATE, IndicatorKind.BADGE)
_KINDS = (*_FIRST, *(kind for kind in IndicatorKind if kind not in _FIRST))
_WORDS: Final[Words] = {
    NotFoundError: "unknown_case",
    InvalidError: "same_case",
    ConflictError: "closed_case",
}
Other = Annotated[Word | None, Kept]


@router.get("/console/cases/{case_id}/merge")
async def ask(
    request: Request, caller: Analyst, case_id: Id, other_id: Annotated[Other, Query()] = None
) -> Response:
    """Show both cases and ask whether one is to come into the other; changes nothing."""
    typed = other_id or ""
    try:
        asked = await merges.ask(runtime_of(request), case_id, typed.lower())
    except (InvalidError, ConflictError, NotFoundError) as error:
        refused = Refused(_WORDS[type(error)], typed)
        return await show_refused(request, caller, case_id, error, refused)
    return render_console(request, caller, "merge.html", asked=asked, kinds=_KINDS)


@router.post("/console/cases/{case_id}/merge")
async def merge(
    request: Request, caller: Analyst, case_id: Id, other_id: Annotated[Other, Form()] = None
) -> Response:
    """Bring another case into this one."""
    typed = other_id or ""
    asked = merges.merge(runtime_of(request), caller, case_id, typed.lower())
    return await carry_out(request, caller, case_id, asked, _WORDS, typed=typed)


@router.post("/console/cases/{case_id}/take-back")
async def take_back(
    request: Request, caller: Analyst, case_id: Id, other_id: Annotated[Other, Form()] = None
) -> Response:
    """Split off again what a merge brought, into the case that it came from."""
    asked = merges.take_back(runtime_of(request), caller, case_id, other_id or "")
    return await carry_out(request, caller, case_id, asked)
