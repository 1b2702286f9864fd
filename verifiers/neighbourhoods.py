"""What an index finds around a report, how much of it at most, and what a tie is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from domain.links import Ground
from verifiers.cells import centre_of
from verifiers.profiles import Profile
from verifiers.risk import Place, distance
from verifiers.routes import DAY
from verifiers.traits import Key

CARRIERS: Final = 40
"""Reports that a look-up of one value brings, the latest first."""
NEIGHBOURS: Final = 80
"""Reports that a look-up of a place brings, the nearest in time first."""
NEIGHBOURS_LATER: Final = 240
"""Those of a later look, for which nobody waits."""
PER_CELL: Final = 16
"""Reports that one cell of it brings at most from before a moment, and from after it."""
NEAR_METRES: Final = 7_000
NEAR_DAYS: Final = 8
_CLOSE_METRES: Final = 3_000
_YEAR_DAYS: Final = 365
_CELL_KM2: Final = 5.16
"""Of a cell of resolution 7, by H3's table of averages."""


@dataclass(frozen=True, slots=True)
class Carriers:
    """Who has a value, the latest first: the clusters and the moments of so many reports.

    `all_known` unless the look-up was cut off.
    """

    clusters: Sequence[str]
    moments: Sequence[float]
    all_known: bool = True

    def outside(self, cluster: str) -> float:
        """Return how many reports outside have the value; where cut off, by its yearly rate."""
        others = sum(one != cluster for one in self.clusters)
        if self.all_known or not others:
            return others
        days = max((max(self.moments) - min(self.moments)) / DAY, 1)
        return others / days * _YEAR_DAYS


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What was found around a report: clusters by their ids, and who has its values.

    `usual` is the part of all reports, per km2, that is told of around its place.
    """

    clusters: Mapping[str, Profile]
    carriers: Mapping[Key, Carriers]
    usual: float | None = None


class Reason(NamedTuple):
    """One ground of a link: its bits, the report that it rests on, and what is to be read there.

    `metres` and `hours` are those between the two reports, of links that are strong enough to be
    shown.
    """

    ground: Ground
    bits: float
    report_id: str
    key: Key | None = None
    metres: int | None = None
    hours: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A report's tie to a cluster: the sum of its reasons and of what was to be expected."""

    cluster: str
    size: int
    bits: float
    reasons: tuple[Reason, ...] = ()

    @property
    def shared(self) -> frozenset[Key]:
        """The values that the report and the cluster share."""
        return frozenset(one.key for one in self.reasons if one.key is not None and one.bits > 0)


def usual_part(
    place: Place, found: Mapping[str, Sequence[float]], at: float, now: float, per_day: float
) -> float:
    """Return which part of all reports, per km2, is told of around a place.

    `found` are the moments of reports by the cells that `cells.around` gave, nearest in time and at
    most `PER_CELL` before and after `at`; `per_day` is how many reports there are everywhere.
    """
    close = [one for one in found if distance(centre_of(one), place) <= _CLOSE_METRES]
    rates = {one: _rate(moments, at, now) for one, moments in found.items()}
    near = _smoothed(sum(rates[one] for one in close), len(close))
    return (near + _smoothed(sum(rates.values()), len(rates))) / 2 / per_day


def _smoothed(per_day: float, cells: int) -> float:
    # Half a report more in the time of the look-up: nowhere is nothing to be expected.
    return (per_day + 0.5 / (2 * NEAR_DAYS)) / (max(cells, 1) * _CELL_KM2)


def _rate(moments: Sequence[float], at: float, now: float) -> float:
    """Return how many reports a day a cell has, though a look-up may have been cut off."""
    before = sorted(at - one for one in moments if one <= at)
    after = sorted(one - at for one in moments if one > at)
    longest = NEAR_DAYS * DAY
    span = before[-1] if len(before) >= PER_CELL else longest
    span += after[-1] if len(after) >= PER_CELL else min(max(now - at, 0), longest)
    return len(moments) / max(span / DAY, 0.5)
