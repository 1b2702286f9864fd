"""Visit tokens: issued to an assigned, active staff member's own phone, revoked at will."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from db.agencies import Agency
from db.devices import Device
from db.staff import Staff, find_staff
from db.teams import find_teams
from db.units_of_work import writing
from db.visit_tokens import VisitToken, find_unrevoked
from db.visits import Visit
from domain.callers import Caller
from domain.errors import ConflictError, ForbiddenError, NotFoundError, RuleBrokenError
from domain.refusals import Refused
from domain.states import DeviceStatus, Purpose, StaffStatus, VisitStatus
from service.events import Event
from service.live_states import is_in_contract
from service.runtime import Runtime
from verifiers import jose_gate, visit_token
from verifiers.jose_gate import KeyRing
from verifiers.policy import broken_rule
from verifiers.visit_token import VerifiedToken

AHEAD: Final = timedelta(hours=24)
MARGIN: Final = timedelta(minutes=30)
BANK: Final = "bank"
"""`agy` of the bank's own staff."""
_CONTRACT_RULE: Final = ("agency.contract", "Menshen design: an agency visits while in contract")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token as the staff phone gets it; times are aware UTC."""

    token: str
    ref: str
    not_before: datetime
    expires_at: datetime
    server_time: datetime
    code_url_prefix: str


@dataclass(frozen=True, slots=True)
class _Assignment:
    visit: Visit
    member: Staff
    device: Device
    agency: Agency | None
    team_size: int


async def issue_token(
    runtime: Runtime, caller: Caller, visit_id: str, device_id: str
) -> IssuedToken:
    """Issue a token for an assigned visit; it is on record before it is returned.

    Asked again, the phone gets the token that it has, as long as nothing that it says has changed.

    1. assignment; 2. live state; 3. rules; 4. slot; 5. the one it has, or sign; 6. verify our own
    product; 7. record; 8. answer. Raises NotFoundError, ForbiddenError, RuleBrokenError and
    ConflictError.
    """
    now = runtime.clock()
    async with writing(runtime.engine) as session:
        # 1
        assignment = await _find_assignment(session, caller, visit_id, device_id)
        # 2
        _check_live(assignment)
        # 3
        _check_rules(runtime, assignment, now)
        # 4
        visit = assignment.visit
        not_before, expires_at = visit.starts_at - MARGIN, visit.ends_at + MARGIN
        _check_slot(not_before, expires_at, now)
        # 5, 6
        terms = _terms(assignment)
        issued = await _find_issued(session, runtime, terms, device_id, now)
        if issued is None:
            # 7
            issued = await _issue(runtime, assignment, terms, now)
            session.add(issued)
            await session.commit()
    # 8
    return IssuedToken(
        token=issued.token,
        ref=jose_gate.encode(issued.ref),
        not_before=not_before,
        expires_at=expires_at,
        server_time=now,
        code_url_prefix=f"{runtime.code_url}/v/",
    )


async def revoke_token(runtime: Runtime, ref: str) -> None:
    """Refuse a token from the next scan on (`ref` is its jti); raises NotFoundError."""
    now = runtime.clock()
    async with writing(runtime.engine) as session:
        token = await session.get(VisitToken, jose_gate.decode(ref) or b"")
        if token is None:
            message = "no such token"
            raise NotFoundError(message)
        token.revoked_at = token.revoked_at or now
        await session.commit()
    runtime.events.publish(token.visit_id, Event("revoked", now, token.staff_id))


async def _find_assignment(
    session: AsyncSession, caller: Caller, visit_id: str, device_id: str
) -> _Assignment:
    member = await find_staff(session, caller.subject)
    # While it is moved or cancelled, which revokes its tokens, no new one slips in behind that.
    visit = await session.get(Visit, visit_id, with_for_update=True)
    device = await session.get(Device, device_id)
    team = [one for _, one in await find_teams(session, [visit_id])]
    if visit is None or member.id not in {one.id for one in team}:
        message = f"no visit {visit_id} of yours"
        raise NotFoundError(message)
    if device is None or device.staff_id != member.id:
        message = f"no device {device_id} of yours"
        raise NotFoundError(message)
    agency = None if member.agency_id is None else await session.get(Agency, member.agency_id)
    return _Assignment(visit, member, device, agency, len(team))


def _check_live(assignment: _Assignment) -> None:
    if assignment.member.status != StaffStatus.ACTIVE:
        message = "you are not an active staff member"
        raise ForbiddenError(message)
    if assignment.device.status != DeviceStatus.ACTIVE:
        message = f"this phone is {assignment.device.status}, not active"
        raise ForbiddenError(message)
    if assignment.visit.status != VisitStatus.PLANNED:
        message = f"the visit is {assignment.visit.status}"
        raise ConflictError(message)


def _check_rules(runtime: Runtime, assignment: _Assignment, now: datetime) -> None:
    visit, agency = assignment.visit, assignment.agency
    pack = runtime.pack_of(visit.jurisdiction)
    broken = broken_rule(pack, visit.starts_at, visit.ends_at, ZoneInfo(visit.time_zone))
    if broken is not None:
        raise RuleBrokenError(broken.id, broken.source)
    if assignment.team_size < pack.team.members:
        raise RuleBrokenError(pack.team.id, pack.team.source)
    today = now.astimezone(runtime.time_zone).date()
    if agency is not None and not is_in_contract(
        agency.contract_starts_on, agency.contract_ends_on, today
    ):
        raise RuleBrokenError(*_CONTRACT_RULE)


def _check_slot(not_before: datetime, expires_at: datetime, now: datetime) -> None:
    if now < not_before - AHEAD:
        message = f"a token can be fetched from {not_before - AHEAD:%F %H:%M} UTC on"
        raise ConflictError(message)
    if now >= expires_at:
        message = "the visit's slot is over"
        raise ConflictError(message)


def _terms(assignment: _Assignment) -> dict[str, Any]:
    """Return what a token for this assignment says, but for its number and when it was issued."""
    visit, member = assignment.visit, assignment.member
    return {
        "staff": member.id,
        "not_before": int((visit.starts_at - MARGIN).timestamp()),
        "expires_at": int((visit.ends_at + MARGIN).timestamp()),
        "visit": visit.id,
        # A purpose that would reveal a debt stays out of what the phone carries.
        "purpose": "visit" if visit.purpose == Purpose.OVERDUE else visit.purpose,
        "employer": member.agency_id or BANK,
        "photo": visit_token.photo_digest(member.staff_number, member.name, member.photo_sha256),
        "jkt": assignment.device.jkt,
    }


async def _find_issued(
    session: AsyncSession, runtime: Runtime, terms: dict[str, Any], device_id: str, now: datetime
) -> VisitToken | None:
    keys = await runtime.keys.refresh()  # another process may have revoked or activated a key
    for issued in await find_unrevoked(session, terms["visit"], device_id):
        token = _verify(issued.token, keys.ring, runtime.public_url, terms, now)
        if not isinstance(token, Refused) and all(
            getattr(token, name) == value for name, value in terms.items()
        ):
            return issued
    return None


async def _issue(
    runtime: Runtime, assignment: _Assignment, terms: dict[str, Any], now: datetime
) -> VisitToken:
    keys, ref = runtime.keys.keys, runtime.randomness(16)
    if keys.kid is None or keys.private_key is None:
        message = "no signing key is active; an operator must activate one"
        raise ConflictError(message)
    claims = visit_token.build_claims(
        issuer=runtime.public_url, ref=ref, issued_at=int(now.timestamp()), **terms
    )
    token = jose_gate.sign(claims, keys.kid, keys.private_key, jose_gate.VISIT_TOKEN)
    verified = _verify(token, keys.ring, runtime.public_url, terms, now)
    if isinstance(verified, Refused):  # pragma: no cover - a fault of ours, never handed out
        message = f"own token refused: {verified.reason}"
        raise AssertionError(message)  # noqa: TRY004 - the token is at fault, not a type
    return VisitToken(
        ref=ref,
        token=token,
        kid=keys.kid,
        visit_id=assignment.visit.id,
        staff_id=assignment.member.id,
        device_id=assignment.device.id,
        issued_at=now,
        expires_at=assignment.visit.ends_at + MARGIN,
    )


def _verify(
    token: str, ring: KeyRing, issuer: str, terms: dict[str, Any], now: datetime
) -> VerifiedToken | Refused:
    """Verify one of our own tokens as at its first moment, which may lie ahead."""
    return visit_token.verify(token, ring, issuer, max(int(now.timestamp()), terms["not_before"]))
