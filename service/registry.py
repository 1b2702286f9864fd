"""Bring a whole file of staff and badges into the registry: judged first, then written at once.

Judging and sealing take most of the time and hold no lock, so that a running server's checks
wait only while the rows are written.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from db.agencies import find_known_ids
from db.registry import BadgeValues, RegistryChanges, StaffValues, write_changes
from db.staff import Badge, Staff, find_badges_by_numbers, find_staff_by_numbers
from db.units_of_work import reading
from domain.errors import ConflictError
from domain.randomness import Randomness
from service.sealing import Seal
from service.staff import StaffDraft, make_id, open_phone, seal_phone
from service.watched_registry import Standing, of_badge, of_staff

_BATCH: Final = 1_000
_COMPARED: Final = ("name", "name_latin", "employer", "agency_id", "status")

Advance = Callable[[int], None]
"""Hears how many more rows are done."""


@dataclass(frozen=True, slots=True)
class Registry:
    """The registry that a file is compared with, at a moment, in a country (ISO 3166-1 alpha-2)."""

    engine: AsyncEngine
    seal: Seal
    randomness: Randomness
    country: str
    now: datetime


@dataclass(frozen=True, slots=True)
class BadgeDraft:
    """A printed badge; the last day is inclusive."""

    number: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class RegistryRow:
    """One row of a file, well formed; `line` is where it starts."""

    line: int
    member: StaffDraft
    badge: BadgeDraft | None


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Why a file cannot be brought in; quotes nothing of it, so no name ends up in a log."""

    line: int
    message: str


@dataclass(slots=True)
class RegistryPlan:
    """What a file would do; it may be carried out only without faults."""

    changes: RegistryChanges = field(default_factory=RegistryChanges)
    faults: list[Fault] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    unchanged: int = 0


def find_duplicates(rows: Sequence[RegistryRow]) -> list[Fault]:
    """Return a fault for each staff or badge number that stands in the file twice."""
    return [
        *_repeated("staff number", ((row.line, row.member.staff_number) for row in rows)),
        *_repeated("badge number", ((row.line, row.badge.number) for row in rows if row.badge)),
    ]


async def plan(kept: Registry, rows: Sequence[RegistryRow], advance: Advance) -> RegistryPlan:
    """Compare rows with the registry and the watchlist; writes nothing."""
    made = RegistryPlan(faults=find_duplicates(rows))
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        async with reading(kept.engine) as session:
            known = await _Known.of(session, batch, kept)
        keep = made.changes.compared.intersection_update if start else made.changes.compared.update
        keep(known.watched.ids())
        for row in batch:
            _plan_row(made, known, kept, row)
        advance(len(batch))
    return made


async def carry_out(kept: Registry, planned: RegistryPlan, advance: Advance) -> None:
    """Write all of a plan or nothing; effective at the next scan.

    Raises ConflictError when the registry or the watchlist was changed since it was planned.
    """
    if planned.faults:
        message = "a plan with faults is never carried out"
        raise ValueError(message)
    try:
        await write_changes(kept.engine, planned.changes, kept.now, advance)
    except IntegrityError as error:
        message = "the registry was changed meanwhile; nothing was written, try again"
        raise ConflictError(message) from error


@dataclass(frozen=True, slots=True)
class _Known:
    """What the registry holds of the numbers and agencies of some rows, and who is watched."""

    staff: dict[str, Staff]
    badges: dict[str, Badge]
    agencies: frozenset[str]
    watched: Standing

    @classmethod
    async def of(
        cls, session: AsyncSession, rows: Sequence[RegistryRow], kept: Registry
    ) -> "_Known":
        staff = await find_staff_by_numbers(session, [row.member.staff_number for row in rows])
        numbers = [row.badge.number for row in rows if row.badge]
        badges = await find_badges_by_numbers(session, numbers)
        named = {row.member.agency_id for row in rows if row.member.agency_id is not None}
        return cls(
            {member.staff_number: member for member in staff},
            {badge.number: badge for badge in badges},
            frozenset(await find_known_ids(session, named)),
            await Standing.read(session, kept.country, kept.now),
        )


def _plan_row(made: RegistryPlan, known: _Known, kept: Registry, row: RegistryRow) -> None:
    draft, seal = row.member, kept.seal
    if draft.agency_id is not None and draft.agency_id not in known.agencies:
        made.faults.append(Fault(row.line, "agency_id: there is no such agency"))
    member = known.staff.get(draft.staff_number)
    badge = None if row.badge is None else known.badges.get(row.badge.number)
    if badge is not None and (member is None or badge.staff_id != member.id):
        made.faults.append(Fault(row.line, "badge_number: it belongs to another staff member"))
    staff_id = make_id(kept.randomness) if member is None else member.id
    if member is None:
        made.changes.added_staff.append(_values(seal, staff_id, draft))
    is_changed = member is not None and _differs(seal, member, draft)
    if is_changed:
        made.changes.changed_staff.append(_values(seal, staff_id, draft))
    has_new_badge = row.badge is not None and _plan_badge(made, badge, staff_id, row.badge)
    if known.watched.entries:  # a file has a hundred thousand rows, the watchlist rarely any
        entering = of_staff(staff_id, (draft.name, draft.name_latin), draft.phone)
        entering += [] if row.badge is None else [of_badge(row.badge.number)]
        made.changes.watched.extend(known.watched.about(entering))
    if member is None:
        made.added += 1
    elif is_changed or has_new_badge:
        made.changed += 1
    else:
        made.unchanged += 1


def _values(seal: Seal, staff_id: str, draft: StaffDraft) -> StaffValues:
    return StaffValues(
        id=staff_id,
        staff_number=draft.staff_number,
        name=draft.name,
        name_latin=draft.name_latin,
        employer=draft.employer,
        agency_id=draft.agency_id,
        phone_sealed=seal_phone(seal, staff_id, draft.phone),
        status=draft.status,
    )


def _differs(seal: Seal, member: Staff, draft: StaffDraft) -> bool:
    if any(getattr(member, name) != getattr(draft, name) for name in _COMPARED):
        return True
    return open_phone(seal, member.id, member.phone_sealed) != draft.phone


def _plan_badge(made: RegistryPlan, kept: Badge | None, staff_id: str, draft: BadgeDraft) -> bool:
    """Tell whether the badge is new or has another last day; a lost one stays lost."""
    values = BadgeValues(draft.number, staff_id, draft.expires_on)
    if kept is None:
        made.changes.added_badges.append(values)
    elif kept.expires_on != draft.expires_on:
        made.changes.changed_badges.append(values)
    else:
        return False
    return True


def _repeated(what: str, numbers: Iterator[tuple[int, str]]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for line, number in numbers:
        if number in first:
            yield Fault(line, f"this {what} stands in line {first[number]} already")
        else:
            first[number] = line
