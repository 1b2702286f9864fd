"""`/console/cases`: reports that belong together, why, and what people decide about it."""

from collections.abc import Awaitable
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from domain.callers import Caller
from domain.errors import ConflictError, InvalidError, NotFoundError
from service import cases
from service.cases import CaseDetail
from web.console import Analyst, render_console
from web.fraud_reports import Kept, Word
from web.pages import runtime_of

router = APIRouter()
_SHOWN: Final = 25
Id = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Chosen = Annotated[list[Word], Form(max_length=500)]


@router.get("/console/cases")
async def show_list(
    request: Request, caller: Analyst, cursor: Annotated[Word | None, Kept, Query()] = None
) -> Response:
    """Show open cases, the last changed first."""
    page = await cases.list_cases(runtime_of(request), _SHOWN, cursor)
    following = None
    if page.next_cursor is not None:
        following = f"/console/cases?cursor={page.next_cursor}"
    first = None if cursor is None else "/console/cases"
    return render_console(
        request, caller, "cases.html", cases=page.items, first=first, following=following
    )


@router.get("/console/cases/{case_id}")
async def show(request: Request, caller: Analyst, case_id: Id, *, saved: bool = False) -> Response:
    """Show a case with its reports, why they are linked, and what was done."""
    return await _show(request, caller, case_id, saved=saved)


@router.post("/console/cases/{case_id}/merge")
async def merge(
    request: Request,
    caller: Analyst,
    case_id: Id,
    other_id: Annotated[Word | None, Kept, Form()] = None,
) -> Response:
    """Bring another case into this one."""
    asked = cases.merge(runtime_of(request), caller, case_id, other_id or "")
    return await _carry_out(request, caller, case_id, asked)


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
    if act == "split":
        asked = cases.split(runtime, caller, case_id, report_ids)
    else:
        asked = cases.pin(runtime, caller, case_id, report_ids, pinned=act == "pin")
    return await _carry_out(request, caller, case_id, asked)


async def _carry_out(
    request: Request, caller: Caller, case_id: str, asked: Awaitable[CaseDetail]
) -> Response:
    try:
        done = await asked
    except (InvalidError, ConflictError, NotFoundError) as error:
        status = 409 if isinstance(error, ConflictError) else 422
        return await _show(request, caller, case_id, status, refused=True)
    return RedirectResponse(f"/console/cases/{done.id}?saved=true", 303)


async def _show(  # noqa: PLR0913 - each by its name
    request: Request,
    caller: Caller,
    case_id: str,
    status: int = 200,
    *,
    saved: bool = False,
    refused: bool = False,
) -> Response:
    case = await cases.read_case(runtime_of(request), case_id)
    return render_console(
        request, caller, "case.html", status, case=case, saved=saved, refused=refused
    )
