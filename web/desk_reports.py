"""`/console/desk/report`: a report that the hotline desk writes down for a caller."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from domain.callers import Caller
from domain.errors import InvalidError, NotScannedError, TooLargeError
from domain.reports import AskedFor
from service import reports
from service.evidence import MOST_EVIDENCE
from web.console import DeskClerk, render_console
from web.pages import LANGUAGE_NAMES, language_of, runtime_of
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
_SENT: Final = "/console/desk/report/sent"


@router.get("/console/desk/report")
async def ask(request: Request, caller: DeskClerk) -> Response:
    """Show the form."""
    runtime = runtime_of(request)
    given = {**time_in_form(runtime, runtime.clock()), "language": language_of(request)}
    return _form(request, caller, given)


@router.post("/console/desk/report")
async def send(request: Request, caller: DeskClerk) -> Response:
    """Keep a report with who wrote it down, and show the code to read to the caller, once."""
    runtime = runtime_of(request)
    async with request.form(
        max_files=MOST_EVIDENCE, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD
    ) as form:
        given = given_in(form)
        try:
            draft = draft_of(runtime, given)
            language = draft.language or language_of(request)
            received = await reports.submit(
                runtime, draft, files_in(form), language, caller.subject
            )
        except (ValidationError, ValueError) as error:
            return _form(request, caller, given, wrong_in(error))
        except (InvalidError, TooLargeError) as error:
            wrong = "evidence" if "evidence" in str(error) else "occurred_at"
            return _form(request, caller, given, wrong)
        except NotScannedError:
            return _form(request, caller, given, "not_scanned", 503)
    return go_to_code(request, _SENT, received.tracking_code)


@router.get("/console/desk/report/sent")
async def show_sent(request: Request, caller: DeskClerk) -> Response:
    """Show the tracking code of the report that was just written down."""
    code = code_in(request, _SENT)
    if code is None:
        return RedirectResponse("/console/desk", 303)
    return render_console(request, caller, "desk_report_sent.html", code=code)


def _form(
    request: Request,
    caller: Caller,
    given: Mapping[str, Any],
    wrong: str | None = None,
    failed: int = 422,
) -> Response:
    return render_console(
        request,
        caller,
        "desk_report.html",
        200 if wrong is None else failed,
        given=given,
        wrong=wrong,
        wants=tuple(AskedFor),
        caller_languages=LANGUAGE_NAMES,
    )
