"""`/` and `/check`: check a visitor, a badge, a notice or a contact, without JavaScript."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from domain.errors import RateLimitedError
from domain.languages import match
from service.answers import Asker
from service.badges import check_badge
from service.contacts import check_contact
from service.notices import check_notice
from service.runtime import Runtime
from service.verifications import check_visit_code
from web.later import free_at, put_off
from web.pages import LONGEST_ADDRESS, remember_language, render, runtime_of
from web.receipts import asker_with, keep

router = APIRouter()
Field = Annotated[str, Form(max_length=4096)]


@router.get("/")
@router.get("/check")
async def ask(request: Request) -> Response:
    """Show the ways to check a visitor."""
    return show_form(request)


def show_form(
    request: Request,
    given: Mapping[str, str] | None = None,
    missing: str | None = None,
    until: datetime | None = None,
) -> Response:
    """Return the form, with what was typed and what is `missing`: a kind, or a code of a photo.

    `until` is when there is room again for somebody who asked too often.
    """
    return render(
        request,
        "check.html",
        200 if missing is None else 422,
        given=given or {},
        missing=missing,
        until=until,
        origins=runtime_of(request).origins,
    )


def show_later(
    request: Request, error: RateLimitedError, given: Mapping[str, str] | None = None
) -> Response:
    """Return the form of somebody who asked too often, with what was typed."""
    until = free_at(request, error.retry_after)
    return put_off(show_form(request, given, until=until), error)


@router.post("/check")
async def check(  # noqa: PLR0913, PLR0917 - one argument a field of the form
    request: Request,
    kind: Field = "",
    visit_code: Field = "",
    badge_number: Field = "",
    name: Field = "",
    notice_code: Field = "",
    phone_last4: Field = "",
    contact: Field = "",
) -> Response:
    """Check what was typed and go to the answer."""
    given = {
        "visit_code": visit_code.strip(),
        "badge_number": badge_number.strip(),
        "name": name.strip(),
        "notice_code": notice_code.strip(),
        "phone_last4": phone_last4.strip(),
        "contact": contact.strip(),
    }
    needed = _NEEDED.get(kind, ())
    if not needed or not all(given[one] for one in needed):
        return show_form(request, given, kind if kind in _NEEDED else "visit_code")
    runtime = runtime_of(request)
    asker, receipt = asker_with(request, runtime)
    try:
        await _check(runtime, kind, given, asker)
    except RateLimitedError as error:
        return show_later(request, error, given)
    response = RedirectResponse("/r", 303)
    keep(response, runtime, receipt)
    return response


_NEEDED = {
    "visit_code": ("visit_code",),
    "badge": ("badge_number", "name"),
    "notice": ("notice_code", "phone_last4"),
    "contact": ("contact",),
}


async def _check(runtime: Runtime, kind: str, given: dict[str, str], asker: Asker) -> None:
    match_kind = {
        "visit_code": lambda: check_visit_code(runtime, given["visit_code"], asker),
        "badge": lambda: check_badge(runtime, given["badge_number"], given["name"], asker),
        "notice": lambda: check_notice(runtime, given["notice_code"], given["phone_last4"], asker),
        "contact": lambda: check_contact(runtime, given["contact"], asker),
    }
    await match_kind[kind]()


@router.post("/language")
async def choose_language(
    language: Annotated[str, Form(max_length=16)],
    back: Annotated[str, Form(max_length=LONGEST_ADDRESS)] = "/",
) -> Response:
    """Remember the reader's language and go back to the page he came from."""
    chosen = match(language)
    # Only a path of ours: "//host" and "/\\host" would leave.
    is_own = back.startswith("/") and not back.startswith(("//", "/\\"))
    response = RedirectResponse(back if is_own else "/", 303)
    remember_language(response, chosen)
    return response
