"""`/console/cases`: reports that belong together, why, and what people decide about it."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from domain.callers import Caller
from domain.errors import ConflictError, InvalidError, NotFoundError
from service import case_facts, cases, merges
from service.cases import CaseDetail, CasePage
from web.console import Analyst, render_console
from web.fields import Id, Word
from web.filters import Paged, find_by, links
from web.pages import runtime_of

router = APIRouter()
_SHOWN: Final = 25
Words = Mapping[type[Exception], str]
_NO_WORDS: Final[Words] = {}
_SPLIT: Final[Words] = {InvalidError: "all_chosen"}
Chosen = Annotated[list[Word], Form(max_length=500)]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing was changed, as the page's words are called, and what was typed and chosen."""

    why: str
    typed: str = ""
    chosen: Sequence[str] = ()


@router.get("/console/cases")
async def show_list(request: Request, caller: Analyst) -> Response:
    """Show open cases, the last changed first."""

    async def find(sought: Paged) -> CasePage:
        return await cases.list_cases(runtime_of(request), _SHOWN, sought.cursor)

    asked = await find_by(request, Paged, find)
    page = asked.found
    ids = [one.id for one in page.items] if page else []
    return render_console(
        request,
        caller,
        "cases.html",
        asked.status,
        cases=page.items if page else None,
        case_names=await case_facts.read_names(runtime_of(request), ids),
        wrong=asked.wrong,
        **links("/console/cases", request, asked, page.next_cursor if page else None),
    )


@router.get("/console/cases/{case_id}")
async def show(request: Request, caller: Analyst, case_id: Id, *, saved: bool = False) -> Response:
    """Show a case with its reports, why they are linked, and what was done."""
    return await _show(request, caller, case_id, saved=saved)


@router.post("/console/cases/{case_id}/reports")
async def change_reports(
    request: Request,
    caller: Analyst,
    case_id: Id,
    act: Annotated[Literal["split", "pin", "unpin"], Form()],
    report_ids: Chosen = [],  # noqa: B006 - never changed
) -> Response:
    """Take the chosen reports out into a case of their own, hold them here, or let go of them."""
    runtime = runtime_of(request)
    if not report_ids:
        return await _show(request, caller, case_id, 422, refused=Refused("none_chosen"))
    if act == "split":
        asked, words = cases.split(runtime, caller, case_id, report_ids), _SPLIT
    else:
        asked = cases.pin(runtime, caller, case_id, report_ids, pinned=act == "pin")
        words = _NO_WORDS
    return await carry_out(request, caller, case_id, asked, words, chosen=report_ids)


async def carry_out(  # noqa: PLR0913 - each by its name
    request: Request,
    caller: Caller,
    case_id: str,
    asked: Awaitable[CaseDetail],
    words: Words = _NO_WORDS,
    *,
    typed: str = "",
    chosen: Sequence[str] = (),
) -> Response:
    """Do what is asked and go to the case that it leads to, or show why nothing was changed."""
    try:
        done = await asked
    except (InvalidError, ConflictError, NotFoundError) as error:
        refused = Refused(words.get(type(error), ""), typed, chosen)
        return await show_refused(request, caller, case_id, error, refused)
    return RedirectResponse(f"/console/cases/{done.id}?saved=true", 303)


async def show_refused(
    request: Request, caller: Caller, case_id: str, error: Exception, refused: Refused
) -> Response:
    """Show a case with the words that nothing was changed, and why."""
    status = 409 if isinstance(error, ConflictError) else 422
    return await _show(request, caller, case_id, status, refused=refused)


async def _show(  # noqa: PLR0913 - each by its name
    request: Request,
    caller: Caller,
    case_id: str,
    status: int = 200,
    *,
    saved: bool = False,
    refused: Refused | None = None,
) -> Response:
    runtime = runtime_of(request)
    case = await cases.read_case(runtime, case_id)
    return render_console(
        request,
        caller,
        "case.html",
        status,
        case=case,
        shared=await case_facts.read_shared(runtime, case_id),
        case_names=await case_facts.read_names(runtime, case.kept_apart),
        returnable=await merges.find_returnable(runtime, case),
        saved=saved,
        refused=refused,
    )
