"""Staff phones: their public keys are enrolled with a single-use code, or approved by hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from db.devices import Device, EnrolmentCode, find_enrolment_code, use_enrolment_code
from db.staff import find_staff
from db.units_of_work import reading, writing
from db.visits import find_open_visits_of
from domain.callers import Caller, Role
from domain.errors import (
    ConflictError,
    DeviceExistsError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)
from domain.refusals import Refused
from domain.states import DeviceStatus, StaffStatus
from service.events import Event
from service.runtime import Runtime
from verifiers import jose_gate, notice

CODE_LIFETIME: Final = timedelta(minutes=15)
CODE_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """An enrolment code, told once; only its keyed hash is kept."""

    code: str
    expires_at: datetime


async def add_enrolment_code(runtime: Runtime, staff_number: str) -> IssuedCode:
    """Make a code with which a staff member enrols one phone; raises NotFoundError."""
    code = notice.make_code(runtime.randomness(16))
    expires_at = runtime.clock() + CODE_LIFETIME
    async with writing(runtime.engine) as session:
        member = await find_staff(session, staff_number)
        made = EnrolmentCode(
            id=f"en_{jose_gate.encode(runtime.randomness(12))}",
            staff_id=member.id,
            code_hash=_find(runtime, code),
            expires_at=expires_at,
        )
        session.add(made)
        await session.commit()
    return IssuedCode(code, expires_at)


async def enrol(
    runtime: Runtime, caller: Caller, jwk: dict[str, Any], label: str, code: str | None
) -> Device:
    """Enrol the caller's phone: active with a valid code of his own, else pending.

    Raises InvalidError for what is no public P-256 key, DeviceExistsError, and ForbiddenError
    when the caller is no active staff member.
    """
    key = jose_gate.verifying_key(jwk)
    if isinstance(key, Refused):
        message = "the key must be a public P-256 JWK for signatures"
        raise InvalidError(message)
    now = runtime.clock()
    async with writing(runtime.engine) as session:
        member = await find_staff(session, caller.subject)
        if member.status != StaffStatus.ACTIVE:
            message = "only active staff enrol a phone"
            raise ForbiddenError(message)
        device = Device(
            id=f"de_{jose_gate.encode(runtime.randomness(12))}",
            staff_id=member.id,
            jkt=key.thumbprint,
            jwk={name: jwk[name] for name in ("kty", "crv", "x", "y")},
            label=label,
            status=DeviceStatus.PENDING,
            enrolled_at=now,
        )
        kept = None if code is None else await find_enrolment_code(session, member.id, now)
        if code is not None and kept is not None:
            kept.tries += 1
            await session.flush()
            code_hash = _find(runtime, notice.parse_code(code) or "")
            # `tries` counts this one, so the fifth may still be right.
            if await use_enrolment_code(session, kept.id, code_hash, now, CODE_TRIES + 1):
                device.status = DeviceStatus.ACTIVE
        session.add(device)
        try:
            await session.commit()
        except IntegrityError as error:
            message = "this phone's key is enrolled already"
            raise DeviceExistsError(message) from error
    return device


async def read_own(runtime: Runtime, caller: Caller, device_id: str) -> Device:
    """Return the caller's own phone; raises NotFoundError, also for somebody else's."""
    async with reading(runtime.engine) as session:
        owner = await find_staff(session, caller.subject)
        device = await session.get(Device, device_id)
    if device is None or device.staff_id != owner.id:
        raise _unknown(device_id)
    return device


async def approve(runtime: Runtime, device_id: str) -> Device:
    """Let a pending phone sign; raises NotFoundError, and ConflictError once it was revoked."""
    async with writing(runtime.engine) as session:
        device = await _find_locked(session, device_id)
        if device.status == DeviceStatus.REVOKED:
            message = "a revoked device stays revoked; enrol a new key"
            raise ConflictError(message)
        device.status = DeviceStatus.ACTIVE
        await session.commit()
    return device


async def revoke(runtime: Runtime, caller: Caller, device_id: str) -> Device:
    """Refuse a phone's codes from the next scan on; its owner, the desk or the registry may.

    Raises NotFoundError, also for a device that is not the caller's to revoke.
    """
    async with writing(runtime.engine) as session:
        device = await _find_locked(session, device_id)
        if caller.roles.isdisjoint({Role.DESK, Role.REGISTRY}):
            owner = await find_staff(session, caller.subject)
            if owner.id != device.staff_id:
                raise _unknown(device_id)
        device.status = DeviceStatus.REVOKED
        visits = await find_open_visits_of(session, device.staff_id)
        await session.commit()
    for visit_id in visits:
        runtime.events.publish(visit_id, Event("revoked", runtime.clock(), device.staff_id))
    return device


def _find(runtime: Runtime, code: str) -> bytes:
    return runtime.seal.find(code, "enrolment.code")


async def _find_locked(session: AsyncSession, device_id: str) -> Device:
    """Return a phone for this transaction alone to change: who approves must see a revocation."""
    device = await session.get(Device, device_id, with_for_update=True)
    if device is None:
        raise _unknown(device_id)
    return device


def _unknown(device_id: str) -> NotFoundError:
    return NotFoundError(f"no device {device_id}")
