"""The linker on a store in memory that answers what the database would, and by the same bounds."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from domain.links import KeyKind
from verifiers.active_cases import ACTIVE_DAYS, Active, likeliest
from verifiers.backgrounds import SAMPLE, Background, background_of
from verifiers.case_decisions import Decision, decide, rivals_of
from verifiers.cells import around
from verifiers.link_weights import GROWN, JOIN, JOIN_AT_LAST
from verifiers.links import find_links
from verifiers.neighbourhoods import (
    CARRIERS,
    NEAR_DAYS,
    NEAR_METRES,
    NEIGHBOURS,
    NEIGHBOURS_LATER,
    PER_CELL,
    Carriers,
    Link,
    Neighbourhood,
    usual_part,
)
from verifiers.profiles import REMEMBERED, Profile, profile_of
from verifiers.risk import Place
from verifiers.routes import DAY
from verifiers.traits import Key, Traits

RENEWED: Final = 100
"""Reports after which the sample of everybody's is taken anew."""


@dataclass(slots=True)
class MemoryStore:
    """Reports, the keys that they are found by, and their cases."""

    traits: dict[str, Traits] = field(default_factory=dict)
    index: defaultdict[Key, list[tuple[float, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    case_of: dict[str, str] = field(default_factory=dict)
    cases: dict[str, list[str]] = field(default_factory=dict)
    spans: dict[str, tuple[float, float]] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    bridged: defaultdict[frozenset[str], set[Key]] = field(default_factory=lambda: defaultdict(set))
    latest: deque[Traits] = field(default_factory=lambda: deque(maxlen=SAMPLE))
    background: Background = field(default_factory=lambda: background_of(()))

    def look_up(self, new: Traits, now: float, *, is_later: bool) -> Neighbourhood:
        """Return what the index knows around a report, and later which cases were at work."""
        carriers: dict[Key, Carriers] = {}
        found: set[str] = set()
        usual = None
        for key in new.found_by():
            if key[0] is KeyKind.CELL and new.place is not None:
                cells = self._around(new.report_id, new.place, new.at)
                per_day = self.background.per_day
                moments = {cell: [at for at, _ in having] for cell, having in cells.items()}
                usual = usual_part(new.place, moments, new.at, now, per_day)
                near = [one for having in cells.values() for one in having]
                near.sort(key=lambda one: abs(one[0] - new.at))
                most = NEIGHBOURS_LATER if is_later else NEIGHBOURS
                found.update(self._cluster(one) for _, one in near[:most])
                continue
            latest = [
                one for one in self.index[key][-CARRIERS - 2 :][::-1] if one[1] != new.report_id
            ]
            clusters = [self._cluster(one) for _, one in latest[:CARRIERS]]
            moments_of = [at for at, _ in latest[:CARRIERS]]
            carriers[key] = Carriers(clusters, moments_of, len(latest) <= CARRIERS)
            found.update(clusters)
        if is_later:
            found.update(self._active(new.at))
        return Neighbourhood({one: self._profile(one) for one in sorted(found)}, carriers, usual)

    def link(self, new: Traits, now: float, *, is_last: bool = False) -> Decision:
        """Link a report, new or seen before, and carry the decision out."""
        is_later = new.report_id in self.traits
        links = find_links(new, self.look_up(new, now, is_later=is_later), self.background)
        known = {
            one.cluster: self.bridged[frozenset((links[0].cluster, one.cluster))]
            for one in rivals_of(links)
        }
        decision = decide(links, known, (), least=JOIN_AT_LAST if is_last else JOIN)
        if not is_later:
            self._keep(new)
        if decision.joins is not None:
            case_id = self._case(decision.joins)
            self._move([new.report_id], case_id)
            for link in decision.merges:
                self._move(list(self.cases.get(link.cluster, [link.cluster])), case_id)
            self._note_bridges(case_id, decision.possible)
        elif decision.possible:
            self._note_bridges(decision.possible[0].cluster, decision.possible[1:])
        return decision

    def _note_bridges(self, case_id: str, rivals: Sequence[Link]) -> None:
        for link in rivals:
            self.bridged[frozenset((case_id, link.cluster))] |= link.shared

    def _keep(self, new: Traits) -> None:
        self.traits[new.report_id] = new
        self.latest.append(new)
        for key in new.found_by():
            insort(self.index[key], (new.at, new.report_id))
        if len(self.traits) % RENEWED == 1:
            self.background = background_of(self.latest, self.case_of)

    def _around(self, but: str, place: Place, at: float) -> dict[str, list[tuple[float, str]]]:
        found = {}
        for cell in around(place, NEAR_METRES)[1]:
            times = self.index[KeyKind.CELL, cell]
            first = bisect_left(times, (at - NEAR_DAYS * DAY, ""))
            middle = bisect_right(times, (at, "~"))
            last = bisect_right(times, (at + NEAR_DAYS * DAY, "~"))
            before, after = times[first:middle][-PER_CELL:], times[middle:last][:PER_CELL]
            found[cell] = [one for one in before + after if one[1] != but]
        return found

    def _active(self, at: float) -> list[str]:
        grown = (
            Active(one, len(members), *self.spans[one])
            for one, members in self.cases.items()
            if len(members) >= GROWN
        )
        within = ACTIVE_DAYS * DAY
        return likeliest(
            (one for one in grown if one.first - within <= at <= one.last + within), at
        )

    def _profile(self, cluster: str) -> Profile:
        made = self.profiles.get(cluster)
        if made is None:
            members = [self.traits[one] for one in self.cases.get(cluster, [cluster])]
            latest = sorted(members, key=lambda one: (one.at, one.report_id))[-REMEMBERED:]
            made = self.profiles[cluster] = profile_of(latest, len(members))
        return made

    def _cluster(self, report_id: str) -> str:
        return self.case_of.get(report_id, report_id)

    def _case(self, link: Link) -> str:
        if link.cluster in self.cases:
            return link.cluster
        self.cases[f"case {link.cluster}"] = [link.cluster]
        self.case_of[link.cluster] = f"case {link.cluster}"
        return f"case {link.cluster}"

    def _move(self, reports: list[str], case_id: str) -> None:
        self.profiles.pop(case_id, None)
        for one in reports:
            before = self.case_of.get(one)
            if before is not None and before != case_id:
                self.profiles.pop(before, None)
                self.cases[before].remove(one)
                if not self.cases[before]:
                    del self.cases[before]
            if before != case_id:
                self.cases[case_id].append(one)
                self.case_of[one] = case_id
        times = [self.traits[one].at for one in self.cases[case_id]]
        self.spans[case_id] = min(times), max(times)
