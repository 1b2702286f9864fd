"""Planned visits and their teams."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field

from db.base import Table, one_of
from domain.states import CustomerKind, Language, Purpose, VisitStatus


class Visit(Table, table=True):
    """Who goes to whom, where, when and why; what names the customer is sealed (AES-GCM).

    `_hash` columns are keyed hashes, the only way to look a customer up.
    """

    __table_args__ = (
        CheckConstraint(one_of("status", VisitStatus), "status"),
        CheckConstraint(one_of("purpose", Purpose), "purpose"),
        CheckConstraint(one_of("customer_kind", CustomerKind), "customer_kind"),
        CheckConstraint(one_of("language", Language), "language"),
        CheckConstraint("starts_at < ends_at", "slot_in_order"),
    )

    id: str = Field(primary_key=True, max_length=32)
    status: str = Field(max_length=20)
    customer_kind: str = Field(max_length=16)
    customer_ref_sealed: bytes
    customer_ref_hash: bytes = Field(index=True)
    customer_phone_sealed: bytes
    customer_phone_hash: bytes = Field(index=True)
    liaison_sealed: bytes | None = None
    address_sealed: bytes
    time_zone: str = Field(max_length=64)
    place_hint: str = Field(max_length=40)
    purpose: str = Field(max_length=20)
    documents: list[str] = Field(sa_column=Column(JSON, nullable=False))
    starts_at: datetime = Field(index=True)
    ends_at: datetime
    agency_id: str | None = Field(default=None, foreign_key="agency.id", index=True)
    jurisdiction: str | None = Field(default=None, max_length=16)
    language: str = Field(max_length=8)
    planned_by: str = Field(max_length=200)
    planned_at: datetime
    closing_note: str | None = Field(default=None, max_length=4096)


class VisitStaff(Table, table=True):
    """One member of a visit's team."""

    __tablename__ = "visit_staff"

    visit_id: str = Field(primary_key=True, foreign_key="visit.id", max_length=32)
    staff_id: str = Field(primary_key=True, foreign_key="staff.id", index=True, max_length=32)


class Notice(Table, table=True):
    """What the customer was sent before; the code is sealed and found by its keyed hash."""

    visit_id: str = Field(primary_key=True, foreign_key="visit.id", max_length=32)
    code_hash: bytes = Field(unique=True)
    code_sealed: bytes
    phrase_sealed: bytes
    expires_at: datetime
    wrong_tries: int = 0
