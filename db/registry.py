"""Write a whole file of the registry at once: staff and badges, in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, Executable, bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from db.engine import WRITES
from db.staff import Badge, Staff
from db.watchlist import Match, find_unmatched, lock_registry, mark_matched
from domain.errors import ConflictError
from domain.states import BadgeStatus

_BATCH: Final = 5_000


class StaffValues(NamedTuple):
    """A staff member's columns; a tuple, because a file has a hundred thousand of them."""

    id: str
    staff_number: str
    name: str
    name_latin: str | None
    employer: str
    agency_id: str | None
    phone_sealed: bytes | None
    status: str


class BadgeValues(NamedTuple):
    """A badge's columns; a new one is active, a changed one keeps its status."""

    number: str
    staff_id: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class RegistryChanges:
    """What a file adds and changes."""

    added_staff: list[StaffValues] = field(default_factory=list)
    changed_staff: list[StaffValues] = field(default_factory=list)
    added_badges: list[BadgeValues] = field(default_factory=list)
    changed_badges: list[BadgeValues] = field(default_factory=list)
    watched: list[Match] = field(default_factory=list)
    """Entries of the watchlist about what is added and changed: they wait for a second person."""
    compared: set[str] = field(default_factory=set)
    """All entries that were looked through for those."""

    def __len__(self) -> int:
        """Return how many rows are written."""
        staff = len(self.added_staff) + len(self.changed_staff)
        return staff + len(self.added_badges) + len(self.changed_badges)


async def write_changes(
    engine: AsyncEngine, changes: RegistryChanges, now: datetime, advance: Callable[[int], None]
) -> None:
    """Commit all changes or none; `advance` hears how many rows were written since the last call.

    Raises IntegrityError when a row was added by somebody else meanwhile, and ConflictError when an
    entry of the watchlist was.
    """
    row_id: BindParameter[str] = bindparam("row_id")
    steps: Sequence[tuple[Executable, Sequence[Any], Callable[[Any], dict[str, Any]]]] = (
        (insert(Staff), changes.added_staff, StaffValues._asdict),
        (update(Staff).where(col(Staff.id) == row_id), changes.changed_staff, _as_change),
        (insert(Badge), changes.added_badges, _as_new_badge),
        (update(Badge).where(col(Badge.number) == row_id), changes.changed_badges, _as_last_day),
    )
    async with engine.execution_options(**{WRITES: True}).begin() as connection:
        for statement, rows, parameters in steps:
            for start in range(0, len(rows), _BATCH):
                batch = [parameters(row) for row in rows[start : start + _BATCH]]
                await connection.execute(statement, batch)
                advance(len(batch))
        async with AsyncSession(connection) as session:
            await lock_registry(session)  # last: an analyst waits for no file
            entries = {entry_id for entry_id, *_ in await find_unmatched(session, now)}
        if not entries <= changes.compared:
            message = "the watchlist was changed meanwhile; nothing was written, try again"
            raise ConflictError(message)
        if changes.watched:
            await mark_matched(connection, changes.watched)


def _as_change(member: StaffValues) -> dict[str, Any]:
    values = member._asdict()
    return values | {"row_id": values.pop("id")}  # writing the key itself would lock more


def _as_new_badge(badge: BadgeValues) -> dict[str, Any]:
    return badge._asdict() | {"status": BadgeStatus.ACTIVE}


def _as_last_day(badge: BadgeValues) -> dict[str, Any]:
    return {"row_id": badge.number, "expires_on": badge.expires_on}
