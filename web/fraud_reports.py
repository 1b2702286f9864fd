"""`/console`: the queue of reports, and one report with all that was done with it."""

from datetime import date
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from domain.callers import Caller, Role
from domain.errors import AskedOtherwiseError, ConflictError, ForbiddenError, InvalidError
from domain.reports import CLOSED, ReportKind, ReportOrder, ReportStatus, Severity
from service import fraud_reports, looks, watch_hits
from service.feedback import suggest_message
from service.fraud_reports import ReportFilters
from service.report_changes import ReportChange
from service.report_drafts import Contact
from service.report_words import ReportWords
from web.console import Analyst, Colleague, home_of, render_console
from web.pages import language_of, runtime_of

router = APIRouter()
_SHOWN: Final = 25


def _as_kept(typed: object) -> object:
    # An empty field of a form says nothing, and browsers end lines with two characters.
    return (typed.replace("\r\n", "\n").strip() or None) if isinstance(typed, str) else typed


Kept = BeforeValidator(_as_kept)
_STORABLE: Final = r"^[^\x00]*$"
Word = Annotated[str, StringConstraints(max_length=200, pattern=_STORABLE)]
Note = Annotated[str, StringConstraints(max_length=4096, pattern=_STORABLE)]
Id = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class Sought(BaseModel):
    """What the queue is filtered by, as it stands in the address."""

    model_config = ConfigDict(frozen=True)

    q: Annotated[Word | None, Kept] = None
    status: Annotated[ReportStatus | None, Kept] = None
    first_day: Annotated[date | None, Kept, Field(alias="from")] = None
    last_day: Annotated[date | None, Kept, Field(alias="to")] = None
    phone: Annotated[Word | None, Kept] = None
    badge_number: Annotated[Word | None, Kept] = None
    plate: Annotated[Word | None, Kept] = None
    alias: Annotated[Word | None, Kept] = None
    payee: Annotated[Word | None, Kept] = None
    near: Annotated[Word | None, Kept] = None
    sort: Annotated[ReportOrder | None, Kept] = None
    assignee: Annotated[Word | None, Kept] = None
    closing: Annotated[bool | None, Kept] = None
    since: Annotated[Literal["last"] | None, Kept] = None
    cursor: Annotated[Word | None, Kept] = None


@router.get("/console")
async def show_queue(
    request: Request, caller: Colleague, sought: Annotated[Sought, Query()]
) -> Response:
    """Show the queue; a colleague of another desk goes to his own."""
    if Role.FRAUD not in caller.roles:
        return RedirectResponse(home_of(caller), 303)
    filters = ReportFilters(
        q=sought.q,
        status=sought.status,
        first_day=sought.first_day,
        last_day=sought.last_day,
        phone=sought.phone,
        badge_number=sought.badge_number,
        plate=sought.plate,
        alias=sought.alias,
        payee=sought.payee,
        near=sought.near,
        sort=sought.sort or ReportOrder.NEWEST,
        assignee=sought.assignee,
        closing=sought.closing,
        since=sought.since,
    )
    runtime = runtime_of(request)
    page = await fraud_reports.list_reports(runtime, filters, _SHOWN, sought.cursor, caller)
    given = sought.model_dump(mode="json", by_alias=True, exclude_none=True)
    given.pop("cursor", None)
    following = None
    if page.next_cursor is not None:
        following = f"/console?{urlencode({**given, 'cursor': page.next_cursor})}"
    return render_console(
        request,
        caller,
        "fraud_reports.html",
        reports=page.items,
        given=given,
        statuses=list(ReportStatus),
        first=None if sought.cursor is None else f"/console?{urlencode(given)}",
        following=following,
        now=runtime.clock(),
        looked_at=await looks.last_look(runtime, caller),
    )


@router.get("/console/reports/{report_id}")
async def show(
    request: Request,
    caller: Analyst,
    report_id: Id,
    words: ReportStatus | None = None,
    *,
    saved: bool = False,
) -> Response:
    """Show a report with its evidence and history, but not who sent it.

    `words` is the state whose message to the reporter the form begins with.
    """
    return await show_report(request, caller, report_id, saved=saved, words=words)


@router.post("/console/reports/{report_id}")
async def change(  # noqa: PLR0913, PLR0917 - one argument a field of the form
    request: Request,
    caller: Analyst,
    report_id: Id,
    status: Annotated[ReportStatus | None, Kept, Form()] = None,
    severity: Annotated[Severity | None, Kept, Form()] = None,
    note: Annotated[Note | None, Kept, Form()] = None,
    message_to_reporter: Annotated[Note | None, Kept, Form()] = None,
    kind: Annotated[ReportKind | None, Kept, Form()] = None,
    assignee: Annotated[Word | None, Kept, Form()] = None,
    police_reference: Annotated[Word | None, Kept, Form()] = None,
    declines: Annotated[ReportStatus | None, Kept, Form()] = None,
) -> Response:
    """Change a report, or add a note for colleagues or a message that its reporter will read."""
    wanted = ReportChange(
        status=status,
        severity=severity,
        kind=kind,
        note=note,
        message_to_reporter=message_to_reporter,
        assignee=assignee,
        police_reference=police_reference,
        declines=declines,
    )
    try:
        await fraud_reports.change_report(runtime_of(request), caller, report_id, wanted)
    except InvalidError:
        return await show_report(request, caller, report_id, 422, missing="change")
    except (ConflictError, ForbiddenError) as error:
        return await show_refused(request, caller, report_id, error, wanted)
    return RedirectResponse(f"/console/reports/{report_id}?saved=true", 303)


@router.post("/console/reports/{report_id}/contact")
async def reveal(
    request: Request,
    caller: Analyst,
    report_id: Id,
    reason: Annotated[Word | None, Kept, Form()] = None,
) -> Response:
    """Show how to reach the reporter, once caller and reason are on record."""
    if reason is None:
        return await show_report(request, caller, report_id, 422, missing="reason")
    contact = await fraud_reports.reveal_contact(runtime_of(request), caller, report_id, reason)
    return await show_report(request, caller, report_id, contact=contact)


async def show_refused(
    request: Request,
    caller: Caller,
    report_id: str,
    error: ConflictError | ForbiddenError,
    typed: ReportChange | None = None,
) -> Response:
    """Show a report with why nothing was changed: it is not as it was, or needs somebody else.

    What was typed stays in the form, so that nobody writes a note twice.
    """
    if isinstance(error, ForbiddenError):
        return await show_report(request, caller, report_id, 403, missing="second", typed=typed)
    missing = "asked" if isinstance(error, AskedOtherwiseError) else "otherwise"
    return await show_report(request, caller, report_id, 409, missing=missing, typed=typed)


async def show_report(  # noqa: PLR0913 - each by its name
    request: Request,
    caller: Caller,
    report_id: str,
    status: int = 200,
    *,
    contact: Contact | None = None,
    missing: str | None = None,
    saved: bool = False,
    words: ReportStatus | None = None,
    typed: ReportChange | None = None,
) -> Response:
    """Show a report; `missing` is what a form lacked, `typed` what it had and was refused."""
    report = await fraud_reports.read_report(runtime_of(request), report_id)
    return render_console(
        request,
        caller,
        "fraud_report.html",
        status,
        report=report,
        words_of=ReportWords(language_of(request)),
        watched=await watch_hits.watched_in(runtime_of(request), report_id),
        statuses=list(ReportStatus),
        severities=list(Severity),
        kinds=list(ReportKind),
        ends=CLOSED,
        now=runtime_of(request).clock(),
        message="" if words is None else suggest_message(words, report.language),
        contact=contact,
        missing=missing,
        typed=typed or ReportChange(),
        saved=saved,
    )
