"""Visits over HTTP: planned and moved by dispatchers, ended by staff, read by desk and channel."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, Query, Response
from pydantic import AfterValidator, Field

from api.authorisation import Authorised
from api.runtimes import Running
from api.wire import Day, Line, Moment, Shown, Text, Wire, Word, in_bounds
from domain.callers import Role
from domain.states import CustomerKind, Language, Purpose, VisitStatus
from service import visit_lists, visits
from service.customers import Address, Customer, Liaison
from service.visits import VisitChange, VisitDraft
from verifiers.risk import Place

router = APIRouter(tags=["visits"])


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # OSError: a folder of the zone database
        message = "must be an IANA time zone"
        raise ValueError(message) from error
    return name


def _has_ending(phone: str) -> str:
    if sum(map(str.isdecimal, phone)) < 4:  # noqa: PLR2004 - the four that a notice is proven by
        message = "must hold at least four digits"
        raise ValueError(message)
    return phone


Phone = Annotated[Word, AfterValidator(_has_ending)]


class LiaisonRequest(Wire):
    """Whom to ask for at a firm."""

    name: Line
    phone: Phone


class AddressRequest(Wire):
    """Where the visit goes; the time zone decides which hours are allowed."""

    text: Line
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    time_zone: Annotated[Word, AfterValidator(_known_zone)]


Slot = Annotated[Moment, AfterValidator(lambda moment: in_bounds(moment).astimezone(UTC))]
Team = Annotated[tuple[Word, ...], Field(min_length=1, max_length=20)]


class VisitRequest(Wire):
    """A visit as the case system plans it."""

    customer_ref: Word
    customer_phone: Phone
    customer_kind: CustomerKind
    liaison: LiaisonRequest | None = None
    address: AddressRequest
    place_hint: Word
    purpose: Purpose
    documents: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    starts_at: Slot
    ends_at: Slot
    staff: Team
    agency_id: Word | None = None
    jurisdiction: Annotated[Word, Field(max_length=16)] | None = None
    language: Language


class VisitChangeRequest(Wire):
    """What moves; what is missing stays."""

    starts_at: Slot | None = None
    ends_at: Slot | None = None
    staff: Team | None = None


class CancelRequest(Wire):
    """Why a visit is cancelled."""

    reason: Text


class EndRequest(Wire):
    """How a visit went."""

    outcome: Text | None = None


class AssignedResponse(Shown):
    """A member of the team."""

    staff_number: str
    name: str


class NoticeResponse(Shown):
    """What the bank sends the customer."""

    code: str
    phrase: str
    texts: dict[Language, str]


class VisitResponse(Shown):
    """A visit as the bank's own side sees it."""

    id: str
    status: VisitStatus
    customer_ref: str
    customer_kind: CustomerKind
    place_hint: str
    purpose: Purpose
    documents: list[str]
    starts_at: datetime
    ends_at: datetime
    staff: list[AssignedResponse]
    agency_id: str | None
    language: Language


class NotifiedVisitResponse(VisitResponse):
    """A visit with its notice, for dispatchers."""

    notice: NoticeResponse | None


class VisitListResponse(Shown):
    """A page of visits."""

    items: list[VisitResponse | NotifiedVisitResponse]
    next_cursor: str | None


Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.post("/v1/visits", status_code=201)
async def plan(
    runtime: Running,
    caller: Authorised,
    asked: VisitRequest,
    response: Response,
    idempotency_key: Key = None,
) -> NotifiedVisitResponse:
    """Plan a visit and get the notice to send."""
    planned = await visits.plan(runtime, caller, _draft(asked), idempotency_key)
    response.headers["Location"] = f"/v1/visits/{planned.id}"
    return NotifiedVisitResponse.model_validate(planned)


def _draft(asked: VisitRequest) -> VisitDraft:
    where, liaison = asked.address, asked.liaison
    place = None
    if where.latitude is not None and where.longitude is not None:
        place = Place(where.latitude, where.longitude)
    customer = Customer(
        asked.customer_ref,
        asked.customer_phone,
        Address(where.text, place),
        None if liaison is None else Liaison(liaison.name, liaison.phone),
    )
    return VisitDraft(
        customer=customer,
        customer_kind=asked.customer_kind,
        time_zone=where.time_zone,
        place_hint=asked.place_hint,
        purpose=asked.purpose,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        staff=asked.staff,
        language=asked.language,
        documents=asked.documents,
        agency_id=asked.agency_id,
        jurisdiction=asked.jurisdiction,
    )


@router.patch("/v1/visits/{visit_id}")
async def move(
    runtime: Running, _caller: Authorised, visit_id: str, asked: VisitChangeRequest
) -> NotifiedVisitResponse:
    """Move a visit or change its team; its tokens are revoked, its notice keeps code and phrase."""
    change = VisitChange(asked.starts_at, asked.ends_at, asked.staff)
    return NotifiedVisitResponse.model_validate(await visits.move(runtime, visit_id, change))


@router.get("/v1/visits")
async def list_visits(  # noqa: PLR0913, PLR0917 - one argument a query parameter
    runtime: Running,
    caller: Authorised,
    status: VisitStatus | None = None,
    date: Day | None = None,
    staff: str | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> VisitListResponse:
    """List visits by start; `date` is a day in the service's time zone."""
    page = await visit_lists.list_visits(
        runtime,
        status=status,
        day=date,
        staff_number=staff,
        limit=limit,
        cursor=cursor,
        with_notice=Role.DISPATCHER in caller.roles,
    )
    kind = NotifiedVisitResponse if Role.DISPATCHER in caller.roles else VisitResponse
    items = [kind.model_validate(one) for one in page.items]
    return VisitListResponse(items=items, next_cursor=page.next_cursor)


@router.get("/v1/visits/{visit_id}")
async def read(
    runtime: Running, caller: Authorised, visit_id: str
) -> NotifiedVisitResponse | VisitResponse:
    """Read a visit; its notice is for dispatchers only."""
    notified = Role.DISPATCHER in caller.roles
    found = await visit_lists.read_visit(runtime, visit_id, with_notice=notified)
    kind = NotifiedVisitResponse if notified else VisitResponse
    return kind.model_validate(found)


@router.post("/v1/visits/{visit_id}/cancel")
async def cancel(
    runtime: Running, _caller: Authorised, visit_id: str, asked: CancelRequest
) -> VisitResponse:
    """Cancel a visit; refused from the next scan on."""
    return VisitResponse.model_validate(await visits.cancel(runtime, visit_id, asked.reason))


@router.post("/v1/visits/{visit_id}/end")
async def end(
    runtime: Running, caller: Authorised, visit_id: str, asked: EndRequest
) -> VisitResponse:
    """End a visit, as one of its team."""
    ended = await visits.end(runtime, caller, visit_id, asked.outcome)
    return VisitResponse.model_validate(ended)
