"""What was odd about checks; nothing here is of a customer but a coarse place and a keyed hash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import CheckConstraint, ColumnElement, Index, or_, tuple_
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table, one_of
from db.near import Circle, first_near
from domain.sightings import SightingKind

_FILTERED = ("kind", "badge_number_folded", "origin")


class Sighting(Table, table=True):
    """One odd thing about one check.

    `cell` and `area` are the fine and the coarse cell of the grid where the customer shared a
    place, latitude and longitude the middle of the fine one. `once_hash` is there for an hour, so
    that the same client is not seen doing the same twice.
    """

    __table_args__ = (
        CheckConstraint(one_of("kind", SightingKind), "kind"),
        Index(None, "at", "id"),
        *(Index(None, column, "at", "id") for column in _FILTERED),
        *(Index(None, column, "at", "id", "latitude", "longitude") for column in ("cell", "area")),
    )

    id: str = Field(primary_key=True, max_length=32)
    at: datetime
    kind: str = Field(max_length=20)
    verification_id: str = Field(index=True, max_length=32)
    badge_number: str | None = Field(default=None, max_length=64)
    badge_number_folded: str | None = Field(default=None, max_length=200)
    origin: str | None = Field(default=None, max_length=200)
    entry_id: str | None = Field(default=None, max_length=32)
    cell: str | None = Field(default=None, max_length=15)
    area: str | None = Field(default=None, max_length=15)
    latitude: float | None = None
    longitude: float | None = None
    client_hash: bytes | None = None
    once_hash: bytes | None = Field(default=None, unique=True)


class SightingRow(TypedDict):
    """A sighting as it is inserted."""

    id: str
    at: datetime
    kind: str
    verification_id: str
    badge_number: str | None
    badge_number_folded: str | None
    origin: str | None
    entry_id: str | None
    cell: str | None
    area: str | None
    latitude: float | None
    longitude: float | None
    client_hash: bytes | None
    once_hash: bytes


@dataclass(frozen=True, slots=True)
class SightingFilter:
    """Which sightings to list; None matches all. `after` is the last (at, id) seen."""

    kind: str | None = None
    seen_from: datetime | None = None
    seen_before: datetime | None = None
    badge_number_folded: str | None = None
    near: Circle | None = None
    after: tuple[datetime, str] | None = None


async def find_sightings(
    session: AsyncSession, wanted: SightingFilter, limit: int
) -> Sequence[Sighting]:
    """Return sightings, the last first."""
    place = (col(Sighting.at), col(Sighting.id))
    latest = tuple(one.desc() for one in place)
    conditions = _conditions(wanted)
    if wanted.after is not None:
        conditions.append(tuple_(*place) < wanted.after)
    query = select(Sighting)
    if wanted.near is None:
        query = query.where(*conditions).limit(limit)
    else:
        table = Sighting.__table__  # type: ignore[attr-defined] # SQLModel adds it
        ids = first_near(session, table, "at", wanted.near, conditions=conditions, limit=limit)
        query = query.join(ids, ids.c.id == col(Sighting.id))
    return (await session.exec(query.order_by(*latest))).all()


async def find_related(
    session: AsyncSession,
    verification_id: str | None,
    badge_number_folded: str | None,
    origin: str | None,
    limit: int,
) -> Sequence[Sighting]:
    """Return the last sightings of a check, a badge number or an origin; None is none of them."""
    asked: tuple[tuple[Any, Any], ...] = (
        (col(Sighting.verification_id), verification_id),
        (col(Sighting.badge_number_folded), badge_number_folded),
        (col(Sighting.origin), origin),
    )
    # Each by its own index; one condition on three columns is sorted as a whole.
    ids = [
        select(Sighting.id).where(column == value).order_by(*_latest()).limit(limit)
        for column, value in asked
        if value is not None
    ]
    if not ids:
        return ()
    query = select(Sighting).where(or_(*(col(Sighting.id).in_(one) for one in ids)))
    return (await session.exec(query.order_by(*_latest()).limit(limit))).all()


def _latest() -> tuple[ColumnElement[Any], ...]:
    return col(Sighting.at).desc(), col(Sighting.id).desc()


def _conditions(wanted: SightingFilter) -> list[ColumnElement[bool]]:
    equal: tuple[tuple[Any, Any], ...] = (
        (col(Sighting.kind), wanted.kind),
        (col(Sighting.badge_number_folded), wanted.badge_number_folded),
    )
    conditions: list[ColumnElement[bool]] = [
        column == value for column, value in equal if value is not None
    ]
    if wanted.seen_from is not None:
        conditions.append(col(Sighting.at) >= wanted.seen_from)
    if wanted.seen_before is not None:
        conditions.append(col(Sighting.at) < wanted.seen_before)
    return conditions
