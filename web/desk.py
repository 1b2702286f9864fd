"""`/console/desk`: one question, answered at once, for a colleague with a customer on the phone.

A question is posted and answered in place: what was typed never stands in an address, so that
neither history nor logs hold a customer's number.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response

from domain.errors import NotFoundError
from domain.states import VisitStatus
from service import desk
from service.desk import Clue, DeskAnswer, DeskQuestion
from service.photos import open_staff_photo
from service.visit_lists import CustomersVisit
from service.visit_tokens import MARGIN
from web.console import DeskClerk, render_console
from web.pages import runtime_of

router = APIRouter()
Typed = Annotated[str, Form(max_length=64)]


class Standing(StrEnum):
    """What a visit means to somebody who has a visitor at the door now; most urgent first."""

    NOW = "now"
    LATER = "later"
    OVER = "over"
    OFF = "off"


@router.get("/console/desk")
async def show(request: Request, caller: DeskClerk) -> Response:
    """Show the question."""
    return render_console(request, caller, "desk.html", given={}, answer=None, problem=None)


@router.post("/console/desk")
async def ask(
    request: Request,
    caller: DeskClerk,
    customer_phone: Typed = "",
    notice_code: Typed = "",
    badge_number: Typed = "",
) -> Response:
    """Answer a question that was asked by exactly one clue; it is recorded first.

    A phone without a digit is asked for again: "nobody is planned" would be said of a mistyped one.
    """
    typed = {
        Clue.CUSTOMER_PHONE: customer_phone.strip(),
        Clue.NOTICE_CODE: notice_code.strip(),
        Clue.BADGE_NUMBER: badge_number.strip(),
    }
    given = {clue: text for clue, text in typed.items() if text}
    problem: Literal["one_clue", "phone"] | None = None
    if len(given) != 1:
        problem = "one_clue"
    elif not any(map(str.isdigit, given.get(Clue.CUSTOMER_PHONE, "0"))):
        problem = "phone"
    if problem is not None:
        return render_console(
            request, caller, "desk.html", 422, given=given, answer=None, problem=problem
        )
    ((clue, text),) = given.items()
    runtime = runtime_of(request)
    answer = await desk.ask(runtime, caller, DeskQuestion(clue, text))
    return render_console(
        request,
        caller,
        "desk.html",
        given={},
        asked=text,
        answer=answer,
        visits=_by_urgency(answer, runtime.clock()),
        problem=None,
    )


@router.get("/console/desk/photos/{sha256}")
async def photo(
    request: Request,
    _caller: DeskClerk,
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
) -> Response:
    """Send the photo of a member of a team, so that the caller's description can be compared."""
    found = await open_staff_photo(runtime_of(request), sha256)
    if found is None:
        message = "no such photo"
        raise NotFoundError(message)
    headers = {"Cache-Control": "private, no-store"}
    return Response(found.content, media_type=found.media_type, headers=headers)


def _by_urgency(answer: DeskAnswer, now: datetime) -> list[tuple[Standing, CustomersVisit]]:
    order = list(Standing)
    standing = [(_standing(visit, now), visit) for visit in answer.visits]
    return sorted(standing, key=lambda one: order.index(one[0]))  # stable: by start within each


def _standing(visit: CustomersVisit, now: datetime) -> Standing:
    if visit.status is not VisitStatus.PLANNED:
        return Standing.OFF
    if now > visit.ends_at + MARGIN:
        return Standing.OVER
    return Standing.NOW if now >= visit.starts_at - MARGIN else Standing.LATER
