"""Policy packs: a jurisdiction's rules of a genuine visit, as data with their sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `source` is where it was read, shown to whoever is refused by it."""

    id: str
    source: str
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class Window(Rule):
    """Visits lie inside these local times of the visit's address; the end is exclusive."""

    opens: time = time.min
    closes: time = time.max

    def allows(self, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> bool:
        """Tell whether a slot (aware times) lies inside the window of one local day."""
        starts, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
        same_day = starts.date() == ends.date()
        return same_day and self.opens <= starts.time() and ends.time() <= self.closes


@dataclass(frozen=True, slots=True)
class Team(Rule):
    """At least so many members, each with a code of his own device."""

    members: int = 1


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules in force; a pack without a window allows every hour."""

    id: str
    team: Team
    window: Window | None = None


_BASELINE_TEAM: Final = Team("baseline.team", "Menshen design: a visit has at least one member")

PACKS: Final[Mapping[str, Pack]] = MappingProxyType(
    {
        "baseline": Pack("baseline", _BASELINE_TEAM),
        "cn": Pack(
            "cn",
            # The digest read says "multiple collectors"; two is the least that this can mean.
            Team(
                "cn.team", "CBA guideline 2026-01-30, home visits: multiple collectors", members=2
            ),
            Window(
                "cn.window",
                "CBA guideline 2026-01-30: no field visit 22:00-08:00 without consent",
                opens=time(8),
                closes=time(22),
            ),
        ),
    },
)


def broken_rule(pack: Pack, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Rule | None:
    """Return the rule that forbids this slot, or None; the team is judged at the door."""
    window = pack.window
    if window is None or window.unconfirmed or window.allows(starts_at, ends_at, zone):
        return None
    return window
