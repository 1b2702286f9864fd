"""Who a report is about, judged by one who knows the simulation and all but this one report."""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from benchmarks.sayings import as_told, says, says_stranger
from benchmarks.told import Told
from benchmarks.tracks import AROUND, DAY, SHARES, WIDE, Blur, Track, at_hour, meet, near_in_time
from benchmarks.truths import Spot, Truth
from service.simulated_reports import SimulatedReport
from service.simulated_visitors import Mixture, Visitor
from service.simulated_words import LOOKS

NOBODY: Final = ""
"""Whom no other report is about: noise, or an impostor who came once and was reported once."""
_MIXTURE: Final = Mixture()
_AGAIN: Final = 2 * _MIXTURE.repeated / (1 - _MIXTURE.repeated)
"""That a door which one report is about has a second one, against that it has not."""
_ONCE: Final = (0.752, 0.2247, 0.0226, 0.0007)
"""How often a single is reported: one door or, of one in five, two, and each told again by 6 %."""
_NEAR: Final = 2.0  # hours within which reports can be of one visit
_LOOKS: Final = range(len(LOOKS))


class Observer:
    """Knows all visitors, and of every other report whose it is, when and where."""

    def __init__(
        self,
        truth: Truth,
        told: Mapping[str, Told],
        taken_for: Mapping[str, str] | None = None,
        *,
        only_told: bool = False,
    ) -> None:
        """Index what is known: all other reports' doors, or those that they are taken for.

        Of impostors all is known, or what another report told.
        """
        self.truth, self.told = truth, told
        is_sure = taken_for is None
        self.spot_of = truth.spot_of if taken_for is None else truth.as_taken(taken_for)
        self.spots = sorted(dict.fromkeys(self.spot_of.values()), key=lambda spot: spot.at)
        self.times = [spot.at for spot in self.spots]
        doors = defaultdict(list)
        for spot in self.spots:
            doors[spot.entity].append(spot)
        self.tellers: defaultdict[str, list[str]] = defaultdict(list)
        for report_id, spot in truth.spot_of.items() if only_told else ():
            self.tellers[spot.entity].append(report_id)
        # A report can be taken for one of the staff whom nobody has reported.
        self.visitors = {one.entity: one for one in truth.world.staff}
        self.visitors |= {entity: self._known(entity) for entity in truth.visitors}
        self.tracks = [
            Track(truth.visitors[entity], span, doors[entity], is_sure=is_sure)
            for entity, span in truth.spans.items()
            if entity in truth.visitors
        ]
        how_many = len(truth.simulation.reports)
        visits = _MIXTURE.staff * how_many / (1 + _MIXTURE.repeated)
        self.staff: dict[tuple[int, int], list[tuple[Visitor, float]]] = defaultdict(list)
        among = len(truth.world.staff)
        for at, one in enumerate(truth.world.staff):
            often = (math.sqrt(at + 1) - math.sqrt(at)) / math.sqrt(among)
            self.staff[one.look, one.city].append((one, visits * often))
        # Singles of whom no other report is known; without labels those are all.
        reports = sum(share * at for at, share in enumerate(_ONCE, 1))
        self.lone = _MIXTURE.singles * how_many * (_ONCE[0] / reports if is_sure else 1)

    def _known(self, entity: str, without: str = "") -> Visitor:
        visitor, tellers = self.truth.visitors[entity], self.tellers[entity]
        if visitor.kind == "staff" or not tellers:  # the bank knows its own
            return visitor
        return as_told(visitor, [self.told[one] for one in tellers if one != without])

    def judge(self, one: SimulatedReport) -> tuple[str, float]:
        """Return the most probable entity that other reports are of, and its probability."""
        told = self.told[one.report_id]
        if told.is_noise:
            return NOBODY, 1.0  # its words are of noise alone
        own, kept = self.spot_of.get(one.report_id), None
        if own is not None and self.tellers:
            kept = self.visitors[own.entity]
            self.visitors[own.entity] = self._known(own.entity, one.report_id)
        chances: dict[str, float] = defaultdict(float)
        self._add_same_visits(told, own, chances)
        self._add_campaigns(told, own, chances)
        self._add_staff(told, chances)
        if own is not None and kept is not None:
            self.visitors[own.entity] = kept
        everything = sum(chances.values()) + self._stranger(told)
        best = max(chances, key=lambda entity: chances[entity], default=NOBODY)
        if not chances or everything <= 0:
            return NOBODY, 1.0
        return best, chances[best] / everything

    def _add_same_visits(self, told: Told, own: Spot | None, chances: dict[str, float]) -> None:
        # Told again by the same person or next door: of every visit at about this time.
        begin = bisect_left(self.times, told.hour - _NEAR)
        end = bisect_right(self.times, told.hour + _NEAR)
        for spot in self.spots[begin:end]:
            known = spot.told - (spot is own)
            if not known or (told.place and told.city != spot.city):
                continue
            visitor = self.visitors[spot.entity]
            if visitor.kind == "single":
                again = _ONCE[known] / _ONCE[known - 1] * (known + 1) if known < len(_ONCE) else 0
            else:
                again = _AGAIN if known == 1 else 0
            if told.place:
                again *= meet(told.place, Blur(*spot.where, AROUND * spot.is_told))[0]
            if again:
                track = self.truth.spans.get(spot.entity)
                day = int(spot.at // DAY)
                progress = (day - track[0]) / max(track[1], 1) if track else 0.0
                again *= near_in_time(told.hour, spot) * says(told, visitor, progress)
                chances[spot.entity] += again

    def _add_campaigns(self, told: Told, own: Spot | None, chances: dict[str, float]) -> None:
        day = int(told.hour // DAY)
        for track in self.tracks:
            if 0 <= day - track.start < track.days:
                here = says(told, self.visitors[track.visitor.entity], track.progress(day))
                if here:
                    mine = own is not None and own.entity == track.visitor.entity
                    without = own if mine and own and own.told == 1 else None
                    there = track.density(told.hour, told.city, told.place, without)
                    chances[track.visitor.entity] += (1 - _MIXTURE.repeated) * here * there

    def _add_staff(self, told: Told, chances: dict[str, float]) -> None:
        if told.plate or told.payee or told.url:
            return
        when = at_hour(told.hour % DAY, 9, 20) / _MIXTURE.days * (1 - _MIXTURE.repeated)
        for city in [told.city] if told.place else range(len(SHARES)):
            there = meet(told.place, Blur(0, 0, WIDE[city]))[0] if told.place else 1.0
            for look in _LOOKS if told.look is None else [told.look]:
                for visitor, often in self.staff[look, city]:
                    here = says(told, visitor, 0.0)
                    if here:
                        chances[visitor.entity] += often * when * there * here

    def _stranger(self, told: Told) -> float:
        when = at_hour(told.hour % DAY, 9, 20) / _MIXTURE.days
        there = 1.0
        if told.place:
            there = SHARES[told.city] * meet(told.place, Blur(0, 0, WIDE[told.city]))[0]
        return self.lone * when * there * says_stranger(told, self.truth.world)
