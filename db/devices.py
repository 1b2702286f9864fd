"""Staff phones' public keys and the single-use codes that enrol them."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field

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
