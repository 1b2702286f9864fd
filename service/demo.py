"""The demo: a small registry, a visit under way, and the levers that the demo page pulls."""

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from PIL import Image, ImageDraw

from domain.callers import Caller, Role
from domain.errors import NotFoundError
from domain.states import CustomerKind, Language, Purpose, StaffStatus, VisitStatus
from service import agencies, analysts, devices, photos, staff, visits
from service.agencies import AgencyDraft
from service.customers import Address, Customer
from service.planned_visits import PlannedVisit
from service.runtime import Runtime
from service.staff import StaffDraft
from service.visit_lists import list_visits
from service.visits import VisitDraft
from verifiers.risk import Place

HOME: Final = Place(25.0330, 121.5654)
_LISTED: Final = 200
_SLOT: Final = timedelta(hours=3)
_STARTED: Final = timedelta(minutes=10)
_LEFT: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a visitor of the demo may log in as."""

    subject: str
    name: str
    roles: frozenset[Role]


VISITOR: Final = Person("S-1001", "林志明", frozenset({Role.STAFF}))
COLLEAGUE: Final = Person("S-1002", "陳美玲", frozenset({Role.STAFF}))
DISPATCHER: Final = Person("case-system", "Case system", frozenset({Role.DISPATCHER}))
ANALYST: Final = Person("A-3001", "黃雅婷", frozenset({Role.FRAUD}))
SECOND_ANALYST: Final = Person("A-3002", "吳志強", frozenset({Role.FRAUD}))
HOTLINE_DESK: Final = Person("D-2001", "張家豪", frozenset({Role.DESK}))
_PEOPLE: Final = (VISITOR, COLLEAGUE, ANALYST, SECOND_ANALYST, HOTLINE_DESK)
_COLOURS: Final = {VISITOR: ("#b5c7d9", "#2b2b33"), COLLEAGUE: ("#e3cdb8", "#4a2f27")}


def people(_runtime: Runtime) -> list[Person]:
    """Return whom one may log in as."""
    return list(_PEOPLE)


async def fill(runtime: Runtime) -> None:
    """Fill an empty demo; a filled one gets a visit under way when there is none."""
    try:
        await staff.read_staff(runtime, VISITOR.subject)
    except NotFoundError:
        await _fill_registry(runtime)
    for person in (ANALYST, SECOND_ANALYST):
        await analysts.see(runtime, _caller(person))
    await current_visit(runtime)
    await _other_visit(runtime)


async def current_visit(runtime: Runtime) -> PlannedVisit:
    """Return the visit under way, planned anew when the last is nearly over."""
    now = runtime.clock()
    for visit in await _planned(runtime):
        if visit.starts_at <= now and visit.ends_at > now + _LEFT and len(visit.staff) == 1:
            return visit
    draft = _draft("C-2026-0007", "+886 912 345 678", now - _STARTED, (VISITOR.subject,))
    return await visits.plan(runtime, _caller(DISPATCHER), draft)


async def notice_code(runtime: Runtime) -> str:
    """Return the notice code of the visit under way."""
    return _code(await current_visit(runtime))


async def other_notice_code(runtime: Runtime) -> str:
    """Return the notice code of another visit."""
    return _code(await _other_visit(runtime))


async def enrolment_code(runtime: Runtime) -> str:
    """Return a code with which the demo's staff phone enrols itself."""
    return (await devices.add_enrolment_code(runtime, VISITOR.subject)).code


async def suspend(runtime: Runtime) -> None:
    """Suspend the visitor, as HR would."""
    await staff.change_status(runtime, VISITOR.subject, StaffStatus.SUSPENDED)


async def restore(runtime: Runtime) -> None:
    """Let the visitor work again."""
    await staff.change_status(runtime, VISITOR.subject, StaffStatus.ACTIVE)


async def _other_visit(runtime: Runtime) -> PlannedVisit:
    now = runtime.clock()
    for visit in await _planned(runtime):
        if visit.starts_at > now:
            return visit
    starts_at = now + timedelta(days=1)
    team = (VISITOR.subject, COLLEAGUE.subject)
    draft = _draft("C-2026-0012", "+886 922 111 222", starts_at, team)
    return await visits.plan(runtime, _caller(DISPATCHER), draft)


async def _planned(runtime: Runtime) -> list[PlannedVisit]:
    page = await list_visits(
        runtime, status=VisitStatus.PLANNED, limit=_LISTED, with_notice=True, latest_first=True
    )
    return page.items


async def _fill_registry(runtime: Runtime) -> None:
    today = runtime.clock().date()
    agency = await agencies.add_agency(runtime, _agency(today))
    for person, latin in ((VISITOR, "Lin Chih-Ming"), (COLLEAGUE, "Chen Mei-Ling")):
        draft = StaffDraft(
            staff_number=person.subject,
            name=person.name,
            name_latin=latin,
            employer="示範銀行 Demo Bank",
            agency_id=agency.id if person is COLLEAGUE else None,
            status=StaffStatus.ACTIVE,
        )
        await staff.add_staff(runtime, draft)
        number = person.subject.replace("S-", "B-")
        await staff.add_badge(runtime, number, person.subject, today + timedelta(days=365))
        await photos.put_photo(runtime, person.subject, _portrait(*_COLOURS[person]))


def _agency(today: date) -> AgencyDraft:
    return AgencyDraft(
        name="海港資產服務 Harbour Asset Services",
        public_label="海港服務 Harbour Services",
        licence="DEMO-001",
        contract_starts_on=today - timedelta(days=100),
        contract_ends_on=today + timedelta(days=265),
        assessed_on=today - timedelta(days=90),
        phones=["+886 2 5555 0100"],
        regions=["臺北 Taipei"],
    )


def _draft(customer_ref: str, phone: str, starts_at: datetime, team: tuple[str, ...]) -> VisitDraft:
    return VisitDraft(
        customer=Customer(customer_ref, phone, Address("臺北市海港路1號", HOME)),
        customer_kind=CustomerKind.INDIVIDUAL,
        time_zone="Asia/Taipei",
        place_hint="藍色大門旁 by the blue gate",
        purpose=Purpose.ACCOUNT_REVIEW,
        starts_at=starts_at,
        ends_at=starts_at + _SLOT,
        staff=team,
        language=Language.TRADITIONAL,
        documents=("身分確認書 Confirmation of identity",),
    )


def _code(visit: PlannedVisit) -> str:
    return "" if visit.notice is None else visit.notice.code


def _caller(person: Person) -> Caller:
    return Caller(person.subject, person.roles)


def _portrait(wall: str, hair: str) -> bytes:
    """Draw a plain face, so that the demo shows nobody who exists."""
    image = Image.new("RGB", (480, 560), wall)
    draw = ImageDraw.Draw(image)
    draw.ellipse((60, 400, 420, 760), fill="#31475e")
    draw.rectangle((200, 340, 280, 450), fill="#d9a98a")
    draw.ellipse((120, 70, 360, 330), fill=hair)
    draw.ellipse((140, 110, 340, 380), fill="#e8bfa3")
    for left in (190, 270):
        draw.ellipse((left, 220, left + 24, 240), fill="#2a2422")
    draw.arc((200, 270, 280, 330), 20, 160, fill="#8a4b3c", width=6)
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
