"""`POST /v1/verifications`: the customer's question, no login."""

from datetime import datetime
from functools import cache
from typing import Annotated, ClassVar

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.runtimes import asker_of, runtime_of
from api.straight_routes import StraightRoute
from api.wire import Shown, Text, Wire
from domain.errors import InvalidError
from domain.languages import match, negotiate
from domain.states import Language, Purpose
from domain.verdicts import Check, Outcome, Reason, Verdict
from service.advice import advice_for
from service.answers import Answer, Asker
from service.badges import check_badge
from service.contacts import check_contact
from service.notices import check_notice
from service.runtime import Runtime
from service.verifications import check_visit_code
from verifiers.risk import Place

router = APIRouter(tags=["customer"], route_class=StraightRoute)


class NoCodeError(InvalidError):
    """Nothing to verify was given."""

    code: ClassVar[str] = "no_code"


class SeveralCodesError(InvalidError):
    """More than one thing to verify was given."""

    code: ClassVar[str] = "several_codes"


class PlaceRequest(Wire):
    """Where the customer is, in degrees (WGS 84)."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    accuracy_m: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None


class VerificationRequest(Wire):
    """Exactly one of a visit code, badge and name, notice and phone, or a contact."""

    visit_code: Text | None = None
    badge_number: Text | None = None
    name: Text | None = None
    notice_code: Text | None = None
    phone_last4: Text | None = None
    contact: Text | None = None
    place: PlaceRequest | None = None
    language: Text | None = None


class CheckResponse(Shown):
    """One check and what it found."""

    name: str
    outcome: Outcome


class VisitorResponse(Shown):
    """Who stands at the door."""

    name: str
    photo_url: str | None
    badge_number: str | None
    employer: str
    agency: str | None


class MemberResponse(Shown):
    """One of the team."""

    name: str
    active: bool


class ShownVisitResponse(Shown):
    """What the reason discloses of the visit; the rest is null."""

    starts_at: datetime
    ends_at: datetime
    place_hint: str | None
    purpose: Purpose | None
    phrase: str | None
    team: list[MemberResponse] | None
    documents: list[str] | None


class AdviceResponse(Shown):
    """What to do now."""

    code: str
    text: str


class VerificationResponse(Shown):
    """The answer, recorded before it was given."""

    id: str
    verdict: Verdict
    reason: Reason
    checked_at: datetime
    checks: list[CheckResponse]
    visitor: VisitorResponse | None
    visit: ShownVisitResponse | None
    match_number: str | None
    also_checked_at: datetime | None
    advice: list[AdviceResponse]
    hotline: str
    police: str
    report_url: str


@router.post("/v1/verifications", response_model=VerificationResponse)
async def verify(request: Request, asked: VerificationRequest) -> Response:
    """Check a visitor, a notice or a contact."""
    runtime = runtime_of(request)
    where = asked.place
    place = None if where is None else Place(where.latitude, where.longitude)
    beside = asked.notice_code if asked.visit_code is not None else None
    asker = asker_of(request, place, beside)
    answer = await _check(runtime, asked, asker)
    language = match(asked.language) if asked.language else None
    language = language or negotiate(request.headers.get("accept-language"))
    # Written here: handing the framework a model makes it validate and copy it once more.
    shown = present(runtime, answer, language).model_dump_json()
    return Response(shown, media_type="application/json")


async def _check(runtime: Runtime, asked: VerificationRequest, asker: Asker) -> Answer:
    by_notice = asked.notice_code if asked.visit_code is None else None
    given = (asked.visit_code, asked.badge_number, by_notice, asked.contact)
    match [one for one in given if one is not None]:
        case []:
            message = "give a visit_code, badge_number, notice_code or contact"
            raise NoCodeError(message)
        case [_]:
            pass
        case _:
            message = "give exactly one of visit_code, badge_number, notice_code and contact"
            raise SeveralCodesError(message)
    if asked.visit_code is not None:
        return await check_visit_code(runtime, asked.visit_code, asker)
    if asked.badge_number is not None:
        name = _needed(asked.name, "a badge number needs the name on the badge")
        return await check_badge(runtime, asked.badge_number, name, asker)
    if by_notice is not None:
        last4 = _needed(asked.phone_last4, "a notice code needs phone_last4")
        return await check_notice(runtime, by_notice, last4, asker)
    return await check_contact(runtime, asked.contact or "", asker)


def _needed(text: str | None, message: str) -> str:
    if text is None:
        raise InvalidError(message)
    return text


def present(runtime: Runtime, answer: Answer, language: Language) -> VerificationResponse:
    """Put an answer on the wire, with advice in the reader's language."""
    visitor = answer.visitor
    photo_url = None
    if visitor is not None and visitor.photo_key is not None:
        photo_url = f"{runtime.public_url}/photos/{visitor.photo_key}"
    return VerificationResponse(
        id=answer.id,
        verdict=answer.verdict,
        reason=answer.reason,
        checked_at=answer.checked_at,
        checks=[_present_check(check) for check in answer.checks],
        visitor=visitor
        and VisitorResponse(
            name=visitor.name,
            photo_url=photo_url,
            badge_number=visitor.badge_number,
            employer=visitor.employer,
            agency=visitor.agency,
        ),
        visit=answer.visit and ShownVisitResponse.model_validate(answer.visit),
        match_number=answer.match_number,
        also_checked_at=answer.also_checked_at,
        advice=_present_advice(
            answer.reason,
            language,
            runtime.hotline,
            runtime.police,
            has_photo=not answer.lacks_photo,
        ),
        hotline=runtime.hotline,
        police=runtime.police,
        report_url=f"{runtime.public_url}/report?from={answer.id}",
    )


# What is said in a few dozen ways is built once each, not by every answer.
@cache
def _present_check(check: Check) -> CheckResponse:
    return CheckResponse.model_validate(check)


@cache
def _present_advice(
    reason: Reason, language: Language, hotline: str, police: str, *, has_photo: bool
) -> list[AdviceResponse]:
    advice = advice_for(reason, language, hotline, police, has_photo=has_photo)
    return [AdviceResponse.model_validate(one) for one in advice]
