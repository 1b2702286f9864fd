"""Staff members and their printed badges, as the registry keeps them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from db.agencies import Agency
from db.staff import Badge, Staff, find_staff
from db.units_of_work import reading, writing
from db.visits import find_open_visits_of
from domain.errors import AlreadyExistsError, InvalidError, NotFoundError
from domain.randomness import Randomness
from domain.states import BadgeStatus, StaffStatus
from service.events import Event
from service.runtime import Runtime
from service.sealing import Seal
from service.watched_registry import of_badge, of_staff, suspend
from verifiers import jose_gate


@dataclass(frozen=True, slots=True)
class StaffDraft:
    """A new staff member; `agency_id` is None for the bank's own."""

    staff_number: str
    name: str
    employer: str
    status: StaffStatus
    name_latin: str | None = None
    agency_id: str | None = None
    phone: str | None = None


def make_id(randomness: Randomness) -> str:
    """Return a new staff member's id: it stands in tokens and says nothing outside of them."""
    return f"st_{jose_gate.encode(randomness(12))}"


def seal_phone(seal: Seal, staff_id: str, phone: str | None) -> bytes | None:
    """Return a staff member's own number as it is kept."""
    return None if phone is None else seal.seal(phone.encode(), _phone_of(staff_id))


def open_phone(seal: Seal, staff_id: str, sealed: bytes | None) -> str | None:
    """Return a kept number; raises UnsealableError for one that was changed or moved."""
    return None if sealed is None else seal.unseal(sealed, _phone_of(staff_id)).decode()


async def add_staff(runtime: Runtime, draft: StaffDraft) -> Staff:
    """Add a staff member; raises AlreadyExistsError, and InvalidError for an unknown agency."""
    staff_id = make_id(runtime.randomness)
    member = Staff(
        id=staff_id,
        staff_number=draft.staff_number,
        name=draft.name,
        name_latin=draft.name_latin,
        employer=draft.employer,
        agency_id=draft.agency_id,
        phone_sealed=seal_phone(runtime.seal, staff_id, draft.phone),
        status=draft.status,
    )
    async with writing(runtime.engine) as session:
        if draft.agency_id is not None and await session.get(Agency, draft.agency_id) is None:
            message = f"no agency {draft.agency_id}"
            raise InvalidError(message)
        entering = of_staff(staff_id, (draft.name, draft.name_latin), draft.phone)
        await suspend(session, runtime.country, entering, runtime.clock())
        await _add(session, member, f"there is a staff member {draft.staff_number} already")
    return member


async def read_staff(runtime: Runtime, staff_number: str) -> Staff:
    """Return a staff member; raises NotFoundError."""
    async with reading(runtime.engine) as session:
        return await find_staff(session, staff_number)


async def change_status(runtime: Runtime, staff_number: str, status: StaffStatus) -> Staff:
    """Set a staff member's status, effective at the next scan; raises NotFoundError."""
    async with writing(runtime.engine) as session:
        member = await find_staff(session, staff_number)
        member.status = status
        visits = await find_open_visits_of(session, member.id)
        await session.commit()
    if status is not StaffStatus.ACTIVE:
        for visit_id in visits:
            runtime.events.publish(visit_id, Event("revoked", runtime.clock(), member.id))
    return member


async def add_badge(runtime: Runtime, number: str, staff_number: str, expires_on: date) -> Badge:
    """Add a printed badge (last day inclusive); raises NotFoundError and AlreadyExistsError."""
    async with writing(runtime.engine) as session:
        member = await find_staff(session, staff_number)
        badge = Badge(
            number=number, staff_id=member.id, expires_on=expires_on, status=BadgeStatus.ACTIVE
        )
        await suspend(session, runtime.country, [of_badge(number)], runtime.clock())
        await _add(session, badge, f"there is a badge {number} already")
    return badge


async def change_badge(runtime: Runtime, number: str, status: BadgeStatus) -> Badge:
    """Set a badge's status, effective at the next look-up; raises NotFoundError."""
    async with writing(runtime.engine) as session:
        badge = await session.get(Badge, number)
        if badge is None:
            message = f"no badge {number}"
            raise NotFoundError(message)
        badge.status = status
        await session.commit()
    return badge


def _phone_of(staff_id: str) -> str:
    return f"staff.phone {staff_id}"


async def _add(session: AsyncSession, row: Staff | Badge, otherwise: str) -> None:
    session.add(row)
    try:
        await session.commit()
    except IntegrityError as error:
        raise AlreadyExistsError(otherwise) from error
