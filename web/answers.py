"""`/v/...`, what a phone's camera opens, and `/r`, this browser's answers."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from domain.disclosure import shown_for
from domain.errors import InvalidError
from domain.verdicts import Reason
from service.advice import advice_for, headline
from service.answers import Answer
from service.receipts import answers_of, complete
from service.runtime import Runtime
from service.verifications import check_visit_code
from verifiers.risk import Place
from web.pages import language_of, render, runtime_of
from web.receipts import asker_with, keep, receipt_of

router = APIRouter()
_SHOWN = 10
_FETCHES_AHEAD = ("prefetch", "prerender", "preview")


@router.head("/v/{code:path}")
async def look_ahead(code: str) -> Response:  # noqa: ARG001 - the point is not to read it
    """Answer a link previewer; nothing is checked and nothing recorded."""
    return Response(status_code=204)


@router.get("/v/{code:path}")
async def scan(request: Request, code: str) -> Response:
    """Check the code that a camera opened, then go to a page whose address says nothing."""
    hints = (request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-moz"))
    if any(word in hint.lower() for hint in hints for word in _FETCHES_AHEAD):
        return Response(status_code=204)
    runtime = runtime_of(request)
    asker, receipt = asker_with(request, runtime)
    await check_visit_code(runtime, f"{runtime.code_url}/v/{code}", asker)
    return _to_answers(runtime, receipt)


@router.get("/r")
async def show(request: Request) -> Response:
    """Show the answers of this browser, last first."""
    runtime = runtime_of(request)
    receipt = receipt_of(request, runtime)
    answers = [] if receipt is None else await answers_of(runtime, receipt)
    if not answers:
        return render(request, "no_answer.html")
    latest, language = answers[0], language_of(request)
    contacts = (runtime.hotline, runtime.police)
    return render(
        request,
        "answer.html",
        answer=latest,
        headline=headline(latest.reason, language, *contacts, has_photo=not latest.lacks_photo),
        advice=advice_for(latest.reason, language, *contacts, has_photo=not latest.lacks_photo),
        is_live="place_hint" in shown_for(latest.reason),
        wants_notice=_wants_notice(latest),
        earlier=[
            (one, headline(one.reason, language, *contacts).title) for one in answers[1:_SHOWN]
        ],
    )


@router.post("/r")
async def add(
    request: Request,
    notice_code: Annotated[str | None, Form(max_length=64)] = None,
    latitude: Annotated[float | None, Form(ge=-90, le=90, allow_inf_nan=False)] = None,
    longitude: Annotated[float | None, Form(ge=-180, le=180, allow_inf_nan=False)] = None,
) -> Response:
    """Check the last proven code again, with the notice code or place given now."""
    runtime = runtime_of(request)
    receipt = receipt_of(request, runtime)
    if receipt is None:
        return RedirectResponse("/r", 303)
    place = None
    if latitude is not None and longitude is not None:
        place = Place(latitude, longitude)
    if place is None and not notice_code:
        message = "give a notice code or a place"
        raise InvalidError(message)
    asker, receipt = asker_with(request, runtime, receipt, place, notice_code or None)
    await complete(runtime, asker)
    return _to_answers(runtime, receipt)


def _wants_notice(answer: Answer) -> bool:
    live = "place_hint" in shown_for(answer.reason)
    return live and answer.reason is not Reason.AUTHORISED_FOR_YOU


def _to_answers(runtime: Runtime, receipt: str) -> Response:
    response = RedirectResponse("/r", 303, {"Cache-Control": "no-store"})
    keep(response, runtime, receipt)
    return response
