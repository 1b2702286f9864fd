"""Sightings: what is odd about a check, recorded with it, and how the fraud team reads them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from db.sightings import Sighting, SightingFilter, SightingRow, find_sightings
from db.units_of_work import reading
from domain.indicators import IndicatorKind
from domain.sightings import ANYBODY_MAKES, SightingKind
from service.circles import read_circle
from service.cursors import read_cursor, write_cursor
from service.days import start_of
from service.limits import group_of
from service.report_rows import fold_badge_number
from service.runtime import Runtime
from verifiers import cells, jose_gate
from verifiers.indicators import value_of
from verifiers.risk import Place

_FACTS_AN_HOUR: Final = 16
"""Of a kind that anybody can make, what one client is seen doing in an hour at most."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """One odd thing about a check, and the facts that it carries."""

    kind: SightingKind
    badge_number: str | None = None
    origin: str | None = None
    entry_id: str | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """The check that was odd: who asked (a keyed hash, and an address for no longer), and where."""

    verification_id: str
    at: datetime
    address: str
    client_hash: bytes | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class SightingFilters:
    """Which sightings to list; None matches all, days are local and inclusive.

    `near` is `latitude,longitude,km` in degrees (WGS 84), at most 50 km.
    """

    kind: SightingKind | None = None
    first_day: date | None = None
    last_day: date | None = None
    badge_number: str | None = None
    near: str | None = None


@dataclass(frozen=True, slots=True)
class SightingEntry:
    """A sighting as it is read; the place is the middle of a cell of about 1.4 km."""

    id: str
    at: datetime
    kind: SightingKind
    verification_id: str
    badge_number: str | None
    origin: str | None
    entry_id: str | None
    cell: str | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class SightingPage:
    """Some of the sightings, the last first, and where to go on."""

    items: list[SightingEntry]
    next_cursor: str | None


def make_rows(
    runtime: Runtime, occasion: Occasion, oddities: Sequence[Oddity]
) -> list[SightingRow]:
    """Return the rows to record with a check."""
    return [_row(runtime, occasion, one) for one in oddities]


async def list_sightings(
    runtime: Runtime, filters: SightingFilters, limit: int = 50, cursor: str | None = None
) -> SightingPage:
    """Return a page of sightings; raises InvalidError for a cursor or place that is none."""
    first, last = filters.first_day, filters.last_day
    wanted = SightingFilter(
        kind=filters.kind,
        seen_from=None if first is None else start_of(runtime, first, days=0),
        seen_before=None if last is None else start_of(runtime, last, days=1),
        badge_number_folded=fold_badge_number(filters.badge_number),
        near=None if filters.near is None else read_circle(filters.near),
        after=None if cursor is None else read_cursor(cursor),
    )
    async with reading(runtime.engine) as session:
        found = await find_sightings(session, wanted, limit + 1)
    items = [view(one) for one in found[:limit]]
    if len(found) <= limit:
        return SightingPage(items, None)
    return SightingPage(items, write_cursor(found[limit - 1].at, found[limit - 1].id))


def view(row: Sighting) -> SightingEntry:
    """Return a sighting as it is read."""
    return SightingEntry(
        id=row.id,
        at=row.at,
        kind=SightingKind(row.kind),
        verification_id=row.verification_id,
        badge_number=row.badge_number,
        origin=row.origin,
        entry_id=row.entry_id,
        cell=row.cell,
        latitude=row.latitude,
        longitude=row.longitude,
    )


def _row(runtime: Runtime, occasion: Occasion, odd: Oddity) -> SightingRow:
    cell = None if occasion.place is None else cells.cell_of(occasion.place)
    middle = None if cell is None else cells.centre_of(cell)
    return SightingRow(
        id=f"si_{jose_gate.encode(runtime.randomness(12))}",
        at=occasion.at,
        kind=odd.kind,
        verification_id=occasion.verification_id,
        badge_number=odd.badge_number,
        badge_number_folded=fold_badge_number(odd.badge_number),
        origin=odd.origin,
        entry_id=odd.entry_id,
        cell=cell,
        area=None if middle is None else cells.cell_of(middle, cells.COARSE),
        latitude=None if middle is None else middle.latitude,
        longitude=None if middle is None else middle.longitude,
        client_hash=occasion.client_hash,
        once_hash=_once(runtime, occasion, odd),
    )


def _once(runtime: Runtime, occasion: Occasion, odd: Oddity) -> bytes:
    """Return a keyed hash that the same client's same act has for an hour."""
    badge = value_of(IndicatorKind.BADGE, odd.badge_number or "", runtime.country)
    fact = f"{badge} {odd.origin} {odd.entry_id}"
    if odd.kind in ANYBODY_MAKES:
        # A client that invents facts gets a few places for all of them.
        digest = hashlib.sha256(fact.encode()).digest()
        fact = str(int.from_bytes(digest[:4]) % _FACTS_AN_HOUR)
    hour = int(occasion.at.timestamp()) // 3600
    text = f"{odd.kind} {fact} {group_of(occasion.address)} {hour}"
    return runtime.seal.find(text, "sighting.once")
