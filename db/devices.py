"""Staff phones' public keys and the single-use codes that enrol them."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column, or_
from sqlmodel import Field, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table, one_of
from domain.states import DeviceStatus


class Device(Table, table=True):
    """A phone's key; `jkt` is its RFC 7638 thumbprint, `jwk` the bare public key."""

    __table_args__ = (CheckConstraint(one_of("status", DeviceStatus), "status"),)

    id: str = Field(primary_key=True, max_length=32)
    staff_id: str = Field(foreign_key="staff.id", index=True)
    jkt: str = Field(unique=True, max_length=43)
    jwk: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    label: str = Field(max_length=100)
    status: str = Field(max_length=16)
    enrolled_at: datetime


class EnrolmentCode(Table, table=True):
    """A code of 10 characters for 15 minutes and 5 tries; only its keyed hash is kept."""

    __tablename__ = "enrolment_code"

    id: str = Field(primary_key=True, max_length=32)
    staff_id: str = Field(foreign_key="staff.id", index=True)
    code_hash: bytes
    expires_at: datetime
    tries: int = 0
    used_at: datetime | None = None


async def find_enrolment_code(
    session: AsyncSession, staff_id: str, now: datetime
) -> EnrolmentCode | None:
    """Return the newest code of a staff member that is still open, locked for the transaction."""
    query = (
        select(EnrolmentCode)
        .where(
            EnrolmentCode.staff_id == staff_id,
            EnrolmentCode.expires_at > now,
            col(EnrolmentCode.used_at).is_(None),
        )
        .order_by(col(EnrolmentCode.expires_at).desc())
        .limit(1)
        .with_for_update()
    )
    return (await session.exec(query)).first()


async def use_enrolment_code(
    session: AsyncSession, code_id: str, code_hash: bytes, now: datetime, tries: int
) -> bool:
    """Use a code up in one statement; True when it was this one, unused and not guessed at."""
    used = (
        update(EnrolmentCode)
        .where(
            col(EnrolmentCode.id) == code_id,
            col(EnrolmentCode.code_hash) == code_hash,
            col(EnrolmentCode.used_at).is_(None),
            col(EnrolmentCode.tries) < tries,
        )
        .values(used_at=now)
    )
    return (await session.exec(used)).rowcount == 1


async def find_device(session: AsyncSession, name: str) -> Device | None:
    """Return the phone of an id or a key's thumbprint, or None."""
    query = select(Device).where(or_(col(Device.id) == name, col(Device.jkt) == name))
    return (await session.exec(query)).first()
