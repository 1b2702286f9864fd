"""`/report`: tell us about a visitor, without JavaScript."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from domain.errors import InvalidError, NotScannedError, RateLimitedError, TooLargeError
from domain.languages import match
from domain.reports import AskedFor
from service import reports
from service.answers import Kept
from service.receipts import kept_of
from service.runtime import Runtime
from web.later import count_report, form_of, free_at, put_off
from web.pages import language_of, remember_language, render, runtime_of
from web.receipts import receipt_of
from web.report_forms import (
    LONGEST_FIELD,
    MOST_FIELDS,
    draft_of,
    files_in,
    given_in,
    time_in_form,
    wrong_in,
)
from web.sent_reports import code_in, go_to_code

router = APIRouter()
_SENT: Final = "/report/sent"
_LONGEST: Final = {"name": 200, "url": 2048}  # of what a check was asked about; else 64


@router.get("/report")
async def ask(request: Request) -> Response:
    """Show the form, filled with what this browser's own answer showed."""
    runtime = runtime_of(request)
    receipt = receipt_of(request, runtime)
    found = None
    if receipt is not None:
        found = await kept_of(runtime, receipt, request.query_params.get("from", ""))
    return _form(request, _prefill(runtime, found))


@router.post("/report")
async def send(request: Request) -> Response:
    """Keep a report and show its tracking code, once; else the form again, with what is wrong."""
    runtime = runtime_of(request)
    refused = await count_report(request)
    async with form_of(request, refused) as form:
        given = given_in(form)
        if refused is not None:
            return _later(request, given, refused)
        try:
            draft = draft_of(runtime, given)
        except (ValidationError, ValueError) as error:
            return _form(request, given, wrong_in(error))
        try:
            received = await reports.submit(runtime, draft, files_in(form), language_of(request))
        except (InvalidError, TooLargeError) as error:
            wrong = "evidence" if "evidence" in str(error) else "occurred_at"
            return _form(request, given, wrong)
        except NotScannedError:
            return _form(request, given, "not_scanned", 503)
    return go_to_code(request, _SENT, received.tracking_code)


@router.get("/report/sent")
async def show_sent(request: Request) -> Response:
    """Show the tracking code of the report that this browser has just sent."""
    code = code_in(request, _SENT)
    if code is None:
        return RedirectResponse("/track", 303)
    return render(request, "report_sent.html", code=code)


@router.post("/report/language")
async def change_language(request: Request) -> Response:
    """Show what was written so far in another language, and remember that one."""
    async with request.form(
        max_files=0, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD
    ) as form:
        given = given_in(form)
    chosen = match(given.pop("words", ""))
    if chosen is not None:
        request.cookies["language"] = chosen  # this page is in it already
    response = _form(request, given)
    remember_language(response, chosen)
    return response


def _later(request: Request, given: Mapping[str, Any], error: RateLimitedError) -> Response:
    """Hand a form back that is one too many, with when it will be taken."""
    until = free_at(request, error.retry_after)
    return put_off(_form(request, {**given, "until": until}, "later"), error)


def _form(
    request: Request, given: Mapping[str, Any], wrong: str | None = None, failed: int = 422
) -> Response:
    status = 200 if wrong is None else failed
    return render(request, "report.html", status, given=given, wrong=wrong, wants=tuple(AskedFor))


def _prefill(runtime: Runtime, kept: Kept | None) -> dict[str, Any]:
    if kept is None:
        return time_in_form(runtime, runtime.clock())
    answer, told = kept.answer, kept.told
    given = time_in_form(runtime, answer.checked_at) | {"verification_id": answer.id}
    for field in ("name", "badge_number", "agency", "phone", "url"):
        given[field] = (getattr(told, field) or "")[: _LONGEST.get(field, 64)]
    if answer.visitor is not None:
        visitor = answer.visitor
        given["name"], given["badge_number"] = visitor.name, visitor.badge_number or ""
        given["agency"] = visitor.agency or ""
    if told.place is not None:
        given["latitude"], given["longitude"] = told.place.latitude, told.place.longitude
    return given
