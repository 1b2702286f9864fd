"""Staff members with their photos and printed badges."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from db.base import Table, one_of
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
