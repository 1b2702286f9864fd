"""What enters the registry may be watched for already: from then on nobody watches it alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from db.agencies import Agency
from db.watchlist import Match, find_unmatched, lock_registry, mark_matched
from domain.indicators import IndicatorKind
from domain.watchlist import WatchKind
from verifiers.indicators import value_of


@dataclass(frozen=True, slots=True)
class Registered:
    """A text that enters the registry, and what of our own it is: a kind and an id."""

    kind: WatchKind
    text: str
    match: str


def of_staff(staff_id: str, names: Iterable[str | None], phone: str | None) -> list[Registered]:
    """Return what a staff member is called and reached by."""
    match = f"staff {staff_id}"
    called = [Registered(WatchKind.ALIAS, name, match) for name in names if name]
    return called + ([Registered(WatchKind.PHONE, phone, match)] if phone else [])


def of_badge(number: str) -> Registered:
    """Return the number of a badge."""
    return Registered(WatchKind.BADGE, number, f"badge {number}")


def of_agency(agency: Agency) -> list[Registered]:
    """Return what an agency is called and reached by."""
    match, names = f"agency {agency.id}", (agency.name, agency.public_label)
    called = [Registered(WatchKind.AGENCY, name, match) for name in names if name]
    return called + [Registered(WatchKind.PHONE, phone, match) for phone in agency.phones]


@dataclass(frozen=True, slots=True)
class Standing:
    """The entries that are about nothing of our own yet: kind and value to their ids."""

    entries: dict[tuple[str, str], list[str]]
    country: str

    @classmethod
    async def read(cls, session: AsyncSession, country: str, now: datetime) -> "Standing":
        """Return those that are neither removed nor expired."""
        entries: dict[tuple[str, str], list[str]] = {}
        for entry_id, kind, value in await find_unmatched(session, now):
            entries.setdefault((kind, value), []).append(entry_id)
        return cls(entries, country)

    def ids(self) -> set[str]:
        """Return the ids of all of them."""
        return {entry_id for ids in self.entries.values() for entry_id in ids}

    def about(self, entering: Iterable[Registered]) -> list[Match]:
        """Return the entries about what enters."""
        kinds = {kind for kind, _ in self.entries}  # the rest is not worth being read
        return [
            Match(entry_id, one.match)
            for one in entering
            if one.kind in kinds
            for entry_id in self.entries.get((one.kind, self._value(one)), ())
        ]

    def _value(self, one: Registered) -> str:
        return value_of(IndicatorKind(one.kind.value), one.text, self.country) or ""


async def suspend(
    session: AsyncSession, country: str, entering: Sequence[Registered], now: datetime
) -> None:
    """Let the entries about what enters wait for a second person, if the caller commits."""
    await lock_registry(session)
    standing = await Standing.read(session, country, now)
    if found := standing.about(entering):
        await mark_matched(await session.connection(), found)
