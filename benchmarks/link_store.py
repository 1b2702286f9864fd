"""The linker on a store in memory that answers what the database would, and by the same bounds."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Final

from domain.links import KeyKind
from verifiers.case_decisions import Decision, decide, rivals_of
from verifiers.cells import around
from verifiers.links import find_links
from verifiers.neighbourhoods import (
    CARRIERS,
    MEMBERS,
    NEAR_DAYS,
    NEAR_METRES,
    NEIGHBOURS,
    PER_CELL,
    Carriers,
    Link,
    Neighbour,
    Neighbourhood,
)
from verifiers.traits import Key, Traits

_DAY: Final = 86_400


@dataclass(slots=True)
class MemoryStore:
    """Reports, the keys that they are found by, and their cases."""

    traits: dict[str, Traits] = field(default_factory=dict)
    index: defaultdict[Key, list[tuple[float, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    case_of: dict[str, str] = field(default_factory=dict)
    cases: dict[str, list[str]] = field(default_factory=dict)
    bridged: defaultdict[frozenset[str], set[Key]] = field(default_factory=lambda: defaultdict(set))

    def look_up(self, new: Traits) -> Neighbourhood:
        """Return what the index knows around a report."""
        carriers: dict[Key, Carriers] = {}
        found: set[str] = set()
        for key in new.found_by():
            if key[0] is KeyKind.CELL:
                found.update(self._around(new))
                continue
            latest = [one for _, one in self.index[key][-CARRIERS - 1 :][::-1]]
            latest = [one for one in latest if one != new.report_id]
            carriers[key] = Carriers(latest[:CARRIERS], len(latest) <= CARRIERS)
            found.update(latest[:CARRIERS])
        found.discard(new.report_id)
        looked_up = Neighbourhood({one: self._neighbour(one) for one in found}, carriers)
        for case_id in looked_up.likely_cases():
            others = (one for one in self.cases[case_id] if one != new.report_id)
            nearest = nsmallest(MEMBERS, others, key=lambda one: abs(self.traits[one].at - new.at))
            looked_up.add(map(self._neighbour, nearest))
        return looked_up

    def link(self, new: Traits) -> Decision:
        """Link a report, new or seen before, and carry the decision out."""
        links = [
            one for one in find_links(new, self.look_up(new)) if one.cluster != self._cluster(new)
        ]
        known = {
            one.cluster: self.bridged[frozenset((links[0].cluster, one.cluster))]
            for one in rivals_of(links)
        }
        decision = decide(links, known, ())
        for link in decision.possible:
            if decision.joins is not None:
                self.bridged[frozenset((decision.joins.cluster, link.cluster))] |= link.shared
        if new.report_id not in self.traits:
            self.traits[new.report_id] = new
            for key in new.found_by():
                insort(self.index[key], (new.at, new.report_id))
        if decision.joins is not None:
            case_id = self._case(decision.joins)
            self._move([new.report_id], case_id)
            for link in decision.merges:
                self._move(list(self.cases.get(link.cluster, [link.cluster])), case_id)
        return decision

    def _around(self, new: Traits) -> Collection[str]:
        assert new.place is not None  # noqa: S101 - or it would have no cell
        found: list[tuple[float, str]] = []
        for cell in around(new.place, NEAR_METRES)[1]:
            times = self.index[KeyKind.CELL, cell]
            first = bisect_left(times, (new.at - NEAR_DAYS * _DAY, ""))
            last = bisect_right(times, (new.at + NEAR_DAYS * _DAY, "~"))
            found += times[first:last][-PER_CELL:]
        nearest = sorted(found, key=lambda one: abs(one[0] - new.at))
        return [one for _, one in nearest[:NEIGHBOURS]]

    def _neighbour(self, report_id: str) -> Neighbour:
        case_id = self.case_of.get(report_id)
        size = 1 if case_id is None else len(self.cases[case_id])
        return Neighbour(self.traits[report_id], case_id, size)

    def _cluster(self, new: Traits) -> str:
        return self.case_of.get(new.report_id, new.report_id)

    def _case(self, link: Link) -> str:
        if link.cluster in self.cases:
            return link.cluster
        self.cases[f"case {link.cluster}"] = [link.cluster]
        self.case_of[link.cluster] = f"case {link.cluster}"
        return f"case {link.cluster}"

    def _move(self, reports: list[str], case_id: str) -> None:
        for one in reports:
            before = self.case_of.get(one)
            if before is not None and before != case_id:
                self.cases[before].remove(one)
                if not self.cases[before]:
                    del self.cases[before]
            if before != case_id:
                self.cases[case_id].append(one)
                self.case_of[one] = case_id
