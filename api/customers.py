"""Visits as their customer may know them, for the bank's own app."""

from datetime import datetime

from fastapi import APIRouter

from api.authorisation import Authorised
from api.runtimes import Running
from api.verifications import MemberResponse
from api.wire import Shown, Word
from domain.states import Purpose, VisitStatus
from service import visit_lists
from service.visit_lists import CustomersVisit

router = APIRouter(tags=["customers"])


class CustomersVisitResponse(Shown):
    """A visit as `authorised_for_you` would show it."""

    id: str
    status: VisitStatus
    starts_at: datetime
    ends_at: datetime
    place_hint: str
    purpose: Purpose
    phrase: str
    team: list[MemberResponse]
    documents: list[str]
    agency: str | None
    notice_locked: bool


class CustomersVisitListResponse(Shown):
    """Visits of one customer; never more than a page."""

    items: list[CustomersVisitResponse]
    next_cursor: str | None = None


@router.get("/v1/customers/{customer_ref}/visits")
async def of_customer(
    runtime: Running, _caller: Authorised, customer_ref: Word
) -> CustomersVisitListResponse:
    """List the planned visits to one customer, for the bank's own app."""
    found = await visit_lists.visits_of_customer(runtime, customer_ref)
    return CustomersVisitListResponse(items=present(found))


def present(found: list[CustomersVisit]) -> list[CustomersVisitResponse]:
    """Put visits on the wire with just what their customer may know."""
    return [
        CustomersVisitResponse(
            id=one.id,
            status=one.status,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            place_hint=one.place_hint,
            purpose=one.own.purpose,
            phrase=one.own.phrase,
            team=[MemberResponse.model_validate(member) for member in one.own.team],
            documents=list(one.own.documents),
            agency=one.own.agency_name,
            notice_locked=one.notice_locked,
        )
        for one in found
    ]
