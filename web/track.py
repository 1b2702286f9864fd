"""`/track`: see what became of a report, add to it, withdraw it; all without JavaScript.

The code is always sent in a body, so that no history keeps it.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from domain.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    NotScannedError,
    TooLargeError,
)
from domain.reports import CLOSED, ReportStatus
from service import additions, reports
from service.evidence import MOST_EVIDENCE
from service.report_drafts import AdditionDraft
from service.reports import Tracked
from web.pages import render, runtime_of
from web.report_forms import LONGEST_FIELD, MOST_FIELDS, address_of, files_in

router = APIRouter()
Code = Annotated[str, Form(max_length=200)]


@router.get("/track")
async def ask_code(request: Request) -> Response:
    """Ask for a tracking code."""
    return _ask(request)


@router.post("/track")
async def track(request: Request, tracking_code: Code = "") -> Response:
    """Show where a report stands."""
    runtime = runtime_of(request)
    try:
        found = await reports.track(runtime, address_of(request), tracking_code)
    except NotFoundError:
        return _ask(request, 404, tracking_code.strip())
    return _show(request, found, tracking_code)


@router.get("/track/additions")
@router.get("/track/withdraw")
async def ask_again(_request: Request) -> Response:
    """Go back to the question: without the code there is nothing to show."""
    return RedirectResponse("/track", 303)


@router.post("/track/additions")
async def add(request: Request) -> Response:
    """Keep what the reporter adds, and show the report again; else say what is wrong."""
    await reports.admit(runtime_of(request), address_of(request))
    async with request.form(
        max_files=MOST_EVIDENCE, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD
    ) as form:
        return await _add(request, form)


@router.post("/track/withdraw")
async def withdraw(request: Request, tracking_code: Code = "", sure: Code = "") -> Response:
    """Withdraw a report of which the reporter ticked that he means it."""
    runtime, address = runtime_of(request), address_of(request)
    try:
        if not sure:
            found = await reports.track(runtime, address, tracking_code)
            return _show(request, found, tracking_code, 422, wrong="sure")
        found = await additions.withdraw(runtime, address, tracking_code)
    except NotFoundError:
        return _ask(request, 404, tracking_code.strip())
    except ConflictError:
        found = await reports.track(runtime, address, tracking_code)
        return _show(request, found, tracking_code, 409)
    return _show(request, found, tracking_code)


async def _add(request: Request, form: FormData) -> Response:
    runtime, address = runtime_of(request), address_of(request)
    typed = {name: text for name, text in form.items() if isinstance(text, str)}
    code, text = typed.get("tracking_code", ""), typed.get("text", "").strip()
    wrong, status = "text", 422
    try:
        said = AdditionDraft(text=text or None)
        found = await additions.add(runtime, address, code, said.text, files_in(form))
    except NotFoundError:
        return _ask(request, 404, code.strip())
    except ValidationError:
        pass
    except ConflictError:
        wrong, status = "full", 409
    except NotScannedError:
        wrong, status = "not_scanned", 503
    except (InvalidError, TooLargeError) as error:
        wrong = "evidence" if "evidence " in str(error) else "text"
    else:
        return _show(request, found, code, 201, added=True)
    found = await reports.track(runtime, address, code)
    return _show(request, found, code, status, wrong=wrong, text=text)


def _ask(request: Request, status: int = 200, code: str = "") -> Response:
    unknown = status != 200  # noqa: PLR2004 - the usual one
    return render(request, "track.html", status, found=None, code=code, unknown=unknown)


def _show(  # noqa: PLR0913 - each by its name
    request: Request,
    found: Tracked,
    code: str,
    status: int = 200,
    *,
    wrong: str | None = None,
    text: str = "",
    added: bool = False,
) -> Response:
    return render(
        request,
        "track.html",
        status,
        found=found,
        code=code,
        unknown=False,
        wrong=wrong,
        text=text,
        added=added,
        is_open=found.status not in CLOSED,
        is_withdrawn=found.status is ReportStatus.WITHDRAWN,
    )
