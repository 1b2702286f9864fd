"""`/console`: the queue of reports, and one report with all that was done with it."""

from dataclasses import replace
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from domain.callers import Caller, Role
from domain.errors import (
    AskedOtherwiseError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    UnknownColleagueError,
)
from domain.reports import CLOSED, ReportKind, ReportOrder, ReportStatus, Severity
from domain.states import Language
from service import case_facts, fraud_reports, looks, report_lists, watch_hits
from service.analysts import list_analysts
from service.feedback import suggest_message
from service.report_changes import ReportChange
from service.report_drafts import Contact
from service.report_lists import ReportFilters, ReportPage
from service.report_views import ReportDetail
from service.report_words import ReportWords
from web.console import Analyst, Colleague, home_of, render_console
from web.fields import Id, Kept, Note, Word
from web.filters import Cell, Days, Near, Paged, Phone, find_by, links
from web.pages import language_of, runtime_of

router = APIRouter()
_SHOWN: Final = 25


class Sought(Days, Paged):
    """What the queue is filtered by."""

    q: Word | None = None
    status: ReportStatus | None = None
    phone: Phone | None = None
    badge_number: Word | None = None
    plate: Word | None = None
    alias: Word | None = None
    payee: Word | None = None
    near: Near | None = None
    sort: ReportOrder = ReportOrder.NEWEST
    assignee: Word | None = None
    closing: bool | None = None
    since: Literal["last"] | None = None
    cell: Cell | None = None


@router.get("/console")
async def show_queue(request: Request, caller: Colleague) -> Response:
    """Show the queue; a colleague of another desk goes to his own."""
    if Role.FRAUD not in caller.roles:
        return RedirectResponse(home_of(caller), 303)
    runtime = runtime_of(request)

    async def find(sought: Sought) -> ReportPage:
        filters = ReportFilters(**sought.model_dump(exclude={"cursor"}))
        return await report_lists.list_reports(runtime, filters, _SHOWN, sought.cursor, caller)

    asked = await find_by(request, Sought, find)
    page = asked.found
    return render_console(
        request,
        caller,
        "fraud_reports.html",
        asked.status,
        reports=page.items if page else None,
        given=asked.given,
        wrong=asked.wrong,
        statuses=list(ReportStatus),
        **links("/console", request, asked, page.next_cursor if page else None),
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


async def _read_unsent(
    kept_note: Annotated[Note | None, Kept, Form()] = None,
    kept_message_to_reporter: Annotated[Note | None, Kept, Form()] = None,
    kept_police_reference: Annotated[Word | None, Kept, Form()] = None,
) -> ReportChange:
    return ReportChange(
        note=kept_note,
        message_to_reporter=kept_message_to_reporter,
        police_reference=kept_police_reference,
    )


Unsent = Annotated[ReportChange, Depends(_read_unsent)]
"""What stood in other forms of the page as one of them was sent; a script adds it to that one."""


@router.post("/console/reports/{report_id}")
async def change(  # noqa: PLR0913, PLR0917 - one argument a field of the form
    request: Request,
    caller: Analyst,
    report_id: Id,
    unsent: Unsent,
    status: Annotated[ReportStatus | None, Kept, Form()] = None,
    severity: Annotated[Severity | None, Kept, Form()] = None,
    note: Annotated[Note | None, Kept, Form()] = None,
    message_to_reporter: Annotated[Note | None, Kept, Form()] = None,
    kind: Annotated[ReportKind | None, Kept, Form()] = None,
    assignee: Annotated[Word | None, Kept, Form()] = None,
    police_reference: Annotated[Word | None, Kept, Form()] = None,
    declines: Annotated[ReportStatus | None, Kept, Form()] = None,
    words: Annotated[ReportStatus | None, Kept, Form()] = None,
) -> Response:
    """Change a report, or add a note for colleagues or a message that its reporter will read.

    `words` only asks for the message with which the form is to begin.
    """
    if words is not None:
        typed = replace(
            unsent, message_to_reporter=message_to_reporter or unsent.message_to_reporter
        )
        return await show_report(request, caller, report_id, words=words, typed=typed)
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
    except (UnknownColleagueError, ConflictError, ForbiddenError) as error:
        typed = replace(
            wanted,
            note=note or unsent.note,
            message_to_reporter=message_to_reporter or unsent.message_to_reporter,
            police_reference=police_reference or unsent.police_reference,
        )
        return await show_refused(request, caller, report_id, error, typed)
    except InvalidError:
        return await show_report(request, caller, report_id, 422, missing="change", typed=unsent)
    return await show_saved(request, caller, report_id, unsent)


@router.post("/console/reports/{report_id}/contact")
async def reveal(
    request: Request,
    caller: Analyst,
    report_id: Id,
    unsent: Unsent,
    reason: Annotated[Word | None, Kept, Form()] = None,
) -> Response:
    """Show how to reach the reporter, once caller and reason are on record."""
    if reason is None:
        return await show_report(request, caller, report_id, 422, missing="reason", typed=unsent)
    contact = await fraud_reports.reveal_contact(runtime_of(request), caller, report_id, reason)
    return await show_report(request, caller, report_id, contact=contact, typed=unsent)


async def show_saved(
    request: Request, caller: Caller, report_id: str, unsent: ReportChange
) -> Response:
    """Lead back to a report, or show it at once with what was typed in its other forms."""
    if unsent == ReportChange():
        return RedirectResponse(f"/console/reports/{report_id}?saved=true", 303)
    return await show_report(request, caller, report_id, saved=True, typed=unsent)


async def show_refused(
    request: Request,
    caller: Caller,
    report_id: str,
    error: ConflictError | ForbiddenError | UnknownColleagueError,
    typed: ReportChange,
) -> Response:
    """Show a report with why nothing was changed: it is not as it was, or needs somebody else.

    What was typed stays in the form, so that nobody writes a note twice.
    """
    if isinstance(error, ForbiddenError):
        return await show_report(request, caller, report_id, 403, missing="second", typed=typed)
    if isinstance(error, UnknownColleagueError):
        return await show_report(request, caller, report_id, 422, missing="assignee", typed=typed)
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
    typed = typed or ReportChange()
    return render_console(
        request,
        caller,
        "fraud_report.html",
        status,
        report=report,
        case_names=await case_facts.read_names(runtime_of(request), _cases_of(report)),
        words_of=ReportWords(language_of(request)),
        watched=await watch_hits.watched_in(runtime_of(request), report_id),
        statuses=list(ReportStatus),
        severities=list(Severity),
        kinds=list(ReportKind),
        analysts=await list_analysts(runtime_of(request)),
        ends=CLOSED,
        now=runtime_of(request).clock(),
        message=_begin(words, report.language, typed.message_to_reporter or ""),
        has_words=words is not None,
        readers=_readers(report),
        contact=contact,
        missing=missing,
        typed=typed,
        saved=saved,
    )


def _cases_of(report: ReportDetail) -> set[str]:
    """Return the cases that a report is in, or might be of."""
    standing = report.standing
    if standing is None:
        return set()
    return {one for one in (standing.case_id, *(link.case_id for link in standing.links)) if one}


def _readers(report: ReportDetail) -> list[Language]:
    """Return the languages of those who get a message: the reporter's, then the duplicates'."""
    standing = (one for one in report.duplicates if one.status is not ReportStatus.WITHDRAWN)
    return list(dict.fromkeys([report.language, *(one.language for one in standing)]))


def _begin(words: ReportStatus | None, language: Language, typed: str) -> str:
    """Return a message that begins with our words for a state; what else was typed stays in it."""
    if words is None:
        return typed
    ours = {suggest_message(one, language) for one in ReportStatus}
    own = "" if typed in ours else typed
    return "\n\n".join(filter(None, (suggest_message(words, language), own)))
