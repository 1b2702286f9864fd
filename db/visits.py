"""Planned visits and their teams."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column, asc, desc, tuple_
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table, one_of
from db.staff import Badge, Staff
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


async def find_open_visits_of(session: AsyncSession, staff_id: str) -> Sequence[str]:
    """Return the ids of the planned visits that somebody is assigned to."""
    query = (
        select(Visit.id)
        .join(VisitStaff, col(VisitStaff.visit_id) == Visit.id)
        .where(VisitStaff.staff_id == staff_id, Visit.status == VisitStatus.PLANNED)
    )
    return (await session.exec(query)).all()


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """Which visits to list; None matches all. `after` is the last (starts_at, id) seen."""

    status: str | None = None
    starts_from: datetime | None = None
    starts_before: datetime | None = None
    staff_number: str | None = None
    badge_number: str | None = None
    customer_ref_hash: bytes | None = None
    customer_phone_hash: bytes | None = None
    after: tuple[datetime, str] | None = None
    latest_first: bool = False


async def find_visits(session: AsyncSession, wanted: VisitFilter, limit: int) -> Sequence[Visit]:
    """Return visits by start."""
    of_member = select(VisitStaff.visit_id).join(Staff, col(Staff.id) == VisitStaff.staff_id)
    of_bearer = select(VisitStaff.visit_id).join(Badge, col(Badge.staff_id) == VisitStaff.staff_id)
    query = select(Visit)
    if wanted.staff_number is not None:
        of_member = of_member.where(Staff.staff_number == wanted.staff_number)
        query = query.where(col(Visit.id).in_(of_member))
    if wanted.badge_number is not None:
        of_bearer = of_bearer.where(Badge.number == wanted.badge_number)
        query = query.where(col(Visit.id).in_(of_bearer))
    equal = (
        (Visit.status, wanted.status),
        (Visit.customer_ref_hash, wanted.customer_ref_hash),
        (Visit.customer_phone_hash, wanted.customer_phone_hash),
    )
    query = query.where(*(column == value for column, value in equal if value is not None))
    if wanted.starts_from is not None:
        query = query.where(Visit.starts_at >= wanted.starts_from)
    if wanted.starts_before is not None:
        query = query.where(Visit.starts_at < wanted.starts_before)
    if wanted.after is not None:
        place = tuple_(col(Visit.starts_at), col(Visit.id))
        query = query.where(place < wanted.after if wanted.latest_first else place > wanted.after)
    direction = desc if wanted.latest_first else asc
    query = query.order_by(direction(col(Visit.starts_at)), direction(col(Visit.id))).limit(limit)
    return (await session.exec(query)).all()


async def find_notices(session: AsyncSession, visit_ids: Collection[str]) -> dict[str, Notice]:
    """Return visit id -> notice."""
    query = select(Notice).where(col(Notice.visit_id).in_(visit_ids))
    return {notice.visit_id: notice for notice in (await session.exec(query)).all()}
