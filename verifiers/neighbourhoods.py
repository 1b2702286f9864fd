"""What an index finds around a report, how much of it at most, and what a tie is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from domain.links import Ground
from verifiers.traits import Key, Traits

CARRIERS: Final = 40
"""Reports that a look-up of one value brings, the latest first."""
NEIGHBOURS: Final = 80
"""Reports that a look-up of a place brings, the nearest in time first."""
PER_CELL: Final = 24
"""Reports that one cell of it brings at most, the latest first."""
NEAR_METRES: Final = 4_000
NEAR_DAYS: Final = 3
MEMBERS: Final = 12
"""Reports of a likely case that are looked at besides those found, the nearest in time."""
LIKELY: Final = 6
"""Cases of which more reports are looked at."""
_DAY: Final = 86_400
_YEAR_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A report that an index found, and the case that it is in, with its number of reports."""

    traits: Traits
    case_id: str | None = None
    case_size: int = 1

    @property
    def cluster(self) -> str:
        """Its case, or itself."""
        return self.case_id or self.traits.report_id


@dataclass(frozen=True, slots=True)
class Carriers:
    """Who has a value, the latest first; `all_known` unless the look-up was cut off."""

    report_ids: Sequence[str]
    all_known: bool = True


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground of a link: its bits, the report that it rests on, and what is to be read there.

    `metres` and `hours` are those between the two reports.
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


@dataclass(slots=True)
class Neighbourhood:
    """What was found around a report."""

    neighbours: dict[str, Neighbour]
    carriers: Mapping[Key, Carriers]
    clusters: dict[str, list[Neighbour]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the neighbours into their clusters."""
        for one in self.neighbours.values():
            self.clusters.setdefault(one.cluster, []).append(one)

    def likely_cases(self) -> list[str]:
        """Return the cases that most of what was found is of, for a closer look."""
        cases = [
            (len(members), cluster)
            for cluster, members in self.clusters.items()
            if members[0].case_id is not None
        ]
        return [cluster for _, cluster in sorted(cases, reverse=True)[:LIKELY]]

    def add(self, more: Iterable[Neighbour]) -> None:
        """Take further reports of the clusters in."""
        for one in more:
            if one.traits.report_id not in self.neighbours:
                self.neighbours[one.traits.report_id] = one
                self.clusters.setdefault(one.cluster, []).append(one)

    def outside(self, carriers: Carriers, inside: int) -> float:
        """Return how many reports outside have a value; where cut off, by its yearly rate."""
        seen = len(carriers.report_ids)
        if carriers.all_known or seen == inside:
            return seen - inside
        times = [self.neighbours[one].traits.at for one in carriers.report_ids]
        days = max((max(times) - min(times)) / _DAY, 1)
        return (seen - inside) / days * _YEAR_DAYS
