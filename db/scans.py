"""The read behind a scan: one statement that fetches just the facts about a reference."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.agencies import Agency
from db.devices import Device
from db.signing_keys import SigningKey
from db.staff import Badge, Staff
from db.verifications import Verification
from db.visit_tokens import VisitToken
from db.visits import Visit
from domain.states import BadgeStatus, StaffStatus


@dataclass(frozen=True, slots=True)
class Scan:
    """What the database says about a reference at this instant; nothing in it is judged."""

    token: str
    kid: str
    key_state: str | None
    token_revoked_at: datetime | None
    device_jwk: dict[str, str]
    device_status: str
    staff_id: str
    staff_number: str
    staff_name: str
    staff_status: str
    employer: str
    photo_sha256: str | None
    badge_number: str | None
    visit_id: str
    visit_status: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    place_hint: str
    address_sealed: bytes
    agency_id: str | None
    agency_label: str | None
    contract_starts_on: date | None
    contract_ends_on: date | None
    others_seen: int


@dataclass(frozen=True, slots=True)
class EarlierScan:
    """An earlier check of the same reference."""

    checked_at: datetime
    client_hash: bytes | None
    latitude: float | None
    longitude: float | None


async def find_scan(
    session: AsyncSession, ref: bytes, accepted: Collection[str], since: datetime
) -> Scan | None:
    """Return the facts about a reference (16 bytes), or None when it was never issued.

    `others_seen` counts active members of the same visit, others than this token's, of whose own
    devices a code was answered with an `accepted` reason since `since`.
    """
    row = (await session.exec(_query(ref, accepted, since))).one_or_none()
    return None if row is None else Scan(*row)


def _query(ref: bytes, accepted: Collection[str], since: datetime):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a select of 25 columns has no type one could write
    badge = (
        select(func.max(Badge.number))
        .where(Badge.staff_id == Staff.id, Badge.status == BadgeStatus.ACTIVE)
        .correlate(Staff)
        .scalar_subquery()
    )
    return (
        select(  # type: ignore[call-overload] # sqlmodel types selects of up to four columns
            VisitToken.token,
            VisitToken.kid,
            SigningKey.state,
            VisitToken.revoked_at,
            Device.jwk,
            Device.status,
            Staff.id,
            Staff.staff_number,
            Staff.name,
            Staff.status,
            Staff.employer,
            Staff.photo_sha256,
            badge,
            Visit.id,
            Visit.status,
            Visit.starts_at,
            Visit.ends_at,
            Visit.time_zone,
            Visit.place_hint,
            Visit.address_sealed,
            Staff.agency_id,
            Agency.public_label,
            Agency.contract_starts_on,
            Agency.contract_ends_on,
            _others_seen(accepted, since),
        )
        .join(Device, col(Device.id) == VisitToken.device_id)
        .join(Staff, col(Staff.id) == VisitToken.staff_id)
        .join(Visit, col(Visit.id) == VisitToken.visit_id)
        .join(Agency, col(Agency.id) == Staff.agency_id, isouter=True)
        .join(SigningKey, col(SigningKey.kid) == VisitToken.kid, isouter=True)
        .where(VisitToken.ref == ref)
    )


def _others_seen(accepted: Collection[str], since: datetime):  # type: ignore[no-untyped-def]  # noqa: ANN202 - as above
    other = VisitToken.__table__.alias("other_token")  # type: ignore[attr-defined]
    member = Staff.__table__.alias("other_member")  # type: ignore[attr-defined]
    return (
        select(func.count(func.distinct(other.c.staff_id)))
        .join(member, member.c.id == other.c.staff_id)
        .join(Verification, col(Verification.ref) == other.c.ref)
        .where(
            other.c.visit_id == VisitToken.visit_id,
            other.c.staff_id != VisitToken.staff_id,
            other.c.device_id != VisitToken.device_id,
            member.c.status == StaffStatus.ACTIVE,
            col(Verification.checked_at) >= since,
            col(Verification.reason).in_(accepted),
        )
        .correlate(VisitToken)
        .scalar_subquery()
    )


async def earlier_scans(
    session: AsyncSession, ref: bytes, accepted: Collection[str], limit: int = 20
) -> list[EarlierScan]:
    """Return the latest accepted checks of a reference, last first."""
    query = (
        select(
            Verification.checked_at,
            Verification.client_hash,
            Verification.latitude,
            Verification.longitude,
        )
        .where(Verification.ref == ref, col(Verification.reason).in_(accepted))
        .order_by(col(Verification.checked_at).desc())
        .limit(limit)
    )
    return [EarlierScan(*row) for row in (await session.exec(query)).all()]
