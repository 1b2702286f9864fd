"""Staff members with their photos and printed badges."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, func
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table, one_of
from domain.errors import NotFoundError
from domain.states import BadgeStatus, StaffStatus


class Photo(Table, table=True):
    """A photo's place in the data folder, named by its SHA-256 (hex)."""

    sha256: str = Field(primary_key=True, max_length=64)
    media_type: str = Field(max_length=40)
    stored_at: datetime


class Staff(Table, table=True):
    """A person of the bank or of an agency; `id` is pairwise and stands in tokens."""

    __table_args__ = (CheckConstraint(one_of("status", StaffStatus), "status"),)

    id: str = Field(primary_key=True, max_length=32)
    staff_number: str = Field(unique=True, max_length=64)
    name: str = Field(max_length=200)
    name_latin: str | None = Field(default=None, max_length=200)
    employer: str = Field(max_length=200)
    agency_id: str | None = Field(default=None, foreign_key="agency.id", index=True)
    phone_sealed: bytes | None = None
    status: str = Field(max_length=16)
    photo_sha256: str | None = Field(default=None, foreign_key="photo.sha256")


class Badge(Table, table=True):
    """A printed work ID; `expires_on` is inclusive."""

    __table_args__ = (CheckConstraint(one_of("status", BadgeStatus), "status"),)

    number: str = Field(primary_key=True, max_length=64)
    staff_id: str = Field(foreign_key="staff.id", index=True)
    expires_on: date
    status: str = Field(max_length=16)


async def find_staff(session: AsyncSession, staff_number: str) -> Staff:
    """Return the staff member of a number; raises NotFoundError."""
    query = select(Staff).where(Staff.staff_number == staff_number)
    found = (await session.exec(query)).one_or_none()
    if found is None:
        message = f"no staff member {staff_number}"
        raise NotFoundError(message)
    return found


async def find_staff_by_numbers(session: AsyncSession, numbers: Collection[str]) -> Sequence[Staff]:
    """Return the staff members of these numbers; unknown ones are missing."""
    query = select(Staff).where(col(Staff.staff_number).in_(numbers))
    return (await session.exec(query)).all()


async def find_badges_by_numbers(
    session: AsyncSession, numbers: Collection[str]
) -> Sequence[Badge]:
    """Return the badges of these numbers; unknown ones are missing."""
    return (await session.exec(select(Badge).where(col(Badge.number).in_(numbers)))).all()


async def find_badges_like(session: AsyncSession, folded: str) -> Sequence[Badge]:
    """Return badges whose number, without case and spaces, is this; reads every badge."""
    bare = func.lower(func.replace(col(Badge.number), " ", ""))
    return (await session.exec(select(Badge).where(bare == folded))).all()


async def list_staff_after(session: AsyncSession, staff_id: str, limit: int) -> Sequence[Staff]:
    """Return staff members in the order of their ids, after one."""
    query = select(Staff).where(Staff.id > staff_id).order_by(Staff.id).limit(limit)
    return (await session.exec(query)).all()
