"""`/track`: see what became of a report, add to it, withdraw it; all without JavaScript.

The code is always sent in a body or a sealed cookie, so that no history keeps it.
"""

from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from domain.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    NotScannedError,
    RateLimitedError,
    TooLargeError,
)
from domain.languages import match
from domain.reports import CLOSED, ReportStatus
from service import additions, reports
from service.report_drafts import AdditionDraft
from service.reports import Tracked
from web.later import count_report, form_of, free_at, put_off
from web.pages import remember_language, render, runtime_of
from web.report_forms import LONGEST_FIELD, MOST_FIELDS, address_of, files_in
from web.sent_reports import code_in, go_to_code

router = APIRouter()
Code = Annotated[str, Form(max_length=200)]
_ADDED: Final = "/track/added"
_RELOADED: Final = timedelta(minutes=2)  # longer than that a shared phone keeps no report open


@router.get("/track")
async def ask_code(request: Request) -> Response:
    """Ask for a tracking code."""
    return _ask(request)


@router.post("/track")
async def track(request: Request, tracking_code: Code = "") -> Response:
    """Show where a report stands."""
    return await _open(request, tracking_code)


@router.post("/track/additions")
async def add(request: Request) -> Response:
    """Keep what the reporter adds, and go to the report again; else say what is wrong."""
    refused = await count_report(request)
    async with form_of(request, refused) as form:
        code, text = _said(form, "tracking_code"), _said(form, "text").strip()
        if refused is not None:
            return _later(request, code, text, refused)
        try:
            return await _add(request, form, code, text)
        except RateLimitedError as error:
            return _later(request, code, text, error)


@router.get(_ADDED)
async def show_added(request: Request) -> Response:
    """Show the report that this browser has just added to: loading it again adds nothing."""
    code = code_in(request, _ADDED)
    if code is None:
        return RedirectResponse("/track", 303)
    return await _open(request, code, added=True)


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
    except RateLimitedError as error:
        if sure:
            return _withdraw_later(request, tracking_code, error)
        return _ask_later(request, tracking_code, error)
    except ConflictError:
        found = await reports.track(runtime, address, tracking_code)
        return _show(request, found, tracking_code, 409)
    return _show(request, found, tracking_code)


@router.post("/track/language")
async def change_language(request: Request) -> Response:
    """Show the report, and what was written so far, in another language; remember that one."""
    async with request.form(
        max_files=0, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD
    ) as form:
        chosen = match(_said(form, "words"))
        code, text = _said(form, "tracking_code"), _said(form, "text")
        is_question, is_sure = "is_question" in form, "sure" in form
    if chosen is not None:
        request.cookies["language"] = chosen  # this page is in it already
    if is_question:
        response = _ask(request, code=code)
    else:
        response = await _open(request, code, text=text, sure=is_sure)
    remember_language(response, chosen)
    return response


def _said(form: FormData, name: str) -> str:
    said = form.get(name)
    return said if isinstance(said, str) else ""


async def _add(request: Request, form: FormData, code: str, text: str) -> Response:
    runtime, address = runtime_of(request), address_of(request)
    wrong, status = "text", 422
    try:
        said = AdditionDraft(text=text or None)
        await additions.add(runtime, address, code, said.text, files_in(form))
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
        return go_to_code(request, _ADDED, code, _RELOADED)
    found = await reports.track(runtime, address, code)
    return _show(request, found, code, status, wrong=wrong, text=text)


async def _open(
    request: Request, code: str, *, text: str = "", added: bool = False, sure: bool = False
) -> Response:
    """Show what a code opens, with what was written; else ask for the code again."""
    try:
        found = await reports.track(runtime_of(request), address_of(request), code)
    except NotFoundError:
        return _ask(request, 404, code.strip())
    except RateLimitedError as error:
        if text:
            return _later(request, code, text, error)
        if sure:
            return _withdraw_later(request, code, error)
        return _ask_later(request, code, error, added=added)
    return _show(request, found, code, text=text, added=added, sure=sure)


def _later(request: Request, code: str, text: str, error: RateLimitedError) -> Response:
    """Hand an addition back; the report is not shown with it: that would be one more look-up."""
    until = free_at(request, error.retry_after)
    return put_off(_render(request, code=code, text=text, until=until, adds=True), error)


def _withdraw_later(request: Request, code: str, error: RateLimitedError) -> Response:
    """Hand a withdrawal back with its tick: who waited has only to press the button again."""
    until = free_at(request, error.retry_after)
    return put_off(_render(request, code=code, until=until, sure=True), error)


def _ask_later(
    request: Request, code: str, error: RateLimitedError, *, added: bool = False
) -> Response:
    until = free_at(request, error.retry_after)
    return put_off(_render(request, code=code.strip(), until=until, added=added), error)


def _ask(request: Request, status: int = 200, code: str = "") -> Response:
    unknown = status != 200  # noqa: PLR2004 - the usual one
    return _render(request, status, code=code, unknown=unknown)


def _show(  # noqa: PLR0913 - each by its name
    request: Request,
    found: Tracked,
    code: str,
    status: int = 200,
    *,
    wrong: str | None = None,
    text: str = "",
    added: bool = False,
    sure: bool = False,
) -> Response:
    adds = found.status is not ReportStatus.WITHDRAWN
    return _render(
        request,
        status,
        found=found,
        code=code,
        wrong=wrong,
        text=text,
        added=added,
        adds=adds,
        sure=sure,
    )


def _render(  # noqa: PLR0913 - each by its name
    request: Request,
    status: int = 200,
    *,
    code: str,
    found: Tracked | None = None,
    unknown: bool = False,
    wrong: str | None = None,
    text: str = "",
    added: bool = False,
    adds: bool = False,
    sure: bool = False,
    until: datetime | None = None,
) -> Response:
    """Render the page: a report, or what is handed back until it will be taken, or the question."""
    return render(
        request,
        "track.html",
        status,
        found=found,
        code=code,
        unknown=unknown,
        wrong=wrong,
        text=text,
        added=added,
        adds=adds,
        sure=sure,
        until=until,
        is_open=sure if found is None else found.status not in CLOSED,
    )
