"""How likely a visit at this time and place is for a ring or a wave, given all its other doors."""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final, NamedTuple

from benchmarks.truths import Spot
from service.simulated_visitors import CITIES, Visitor

DAY: Final = 24
WIDE: Final = tuple((wide / 2) ** 2 for *_, wide in CITIES)
"""Square kilometres: the variance of doors around a city's middle, each way."""
SHARES: Final = tuple(share for _, _, share, _ in CITIES)
AROUND: Final = (0.3 / 2) ** 2  # what a report's place is off its door
_DOOR: Final = (2.0 / 2) ** 2  # a door off the day's base
_STEP: Final = (5.0 / 2) ** 2  # a day's base off the one before it
_MOVES: Final = 0.04
_WORKS: Final = 0.6
_DOUBT: Final = 0.02  # of doors that are only taken to be a visitor's, so many are another's
_JITTER: Final = 20 / 60  # hours that a report's time is off its visit
_MEDIAN, _SIGMA = math.log(18), 0.9


class Blur(NamedTuple):
    """A place known to within a variance each way, in kilometres north and east of a city."""

    north: float
    east: float
    variance: float


def meet(one: Blur, other: Blur) -> tuple[float, Blur]:
    """Return how well two agree (a density per square kilometre), and what they say together."""
    off = (one.north - other.north) ** 2 + (one.east - other.east) ** 2
    both = one.variance + other.variance
    part = one.variance / both
    north = one.north + part * (other.north - one.north)
    east = one.east + part * (other.east - one.east)
    agree = math.exp(-off / (2 * both)) / (2 * math.pi * both)
    return agree, Blur(north, east, one.variance * other.variance / both)


def at_hour(hour: float, begin: float, end: float) -> float:
    """Return the density of a told hour, if visits begin and end evenly between these."""
    below, above = ((one - hour) / (_JITTER * math.sqrt(2)) for one in (begin, end))
    return (math.erf(above) - math.erf(below)) / 2 / (end - begin)


def near_in_time(hour: float, spot: Spot) -> float:
    """Return the density of a told hour, if it is about this visit."""
    variance = _JITTER**2 * (1 + spot.is_told)
    return math.exp(-((hour - spot.at) ** 2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)


@cache
def _per_day(days: int, visited: int, doors: int) -> tuple[float, float]:
    # The chance that one more visit is on a day that has visits, and on one that has none: on how
    # many more days they work, judged by how seldom `doors` visits would have missed them all.
    rest = days - visited
    weights = [
        math.exp(
            math.lgamma(rest + 1)
            - math.lgamma(more + 1)
            - math.lgamma(rest - more + 1)
            + more * math.log(_WORKS / (1 - _WORKS))
            - doors * math.log((visited + more) / max(visited, 1))
        )
        for more in range(0 if visited else 1, rest + 1)
    ]
    total = sum(weights)
    each = [(more + (not visited), weight / total) for more, weight in enumerate(weights)]
    on_one = sum(weight / (visited + more) for more, weight in each)
    elsewhere = sum(weight * more / (visited + more) for more, weight in each)
    return on_one, elsewhere / max(rest, 1)


class Track:
    """The doors of a ring or a wave by day."""

    def __init__(
        self, visitor: Visitor, span: tuple[int, int], spots: Iterable[Spot], *, is_sure: bool
    ) -> None:
        """Keep the campaign's first day, its length, and its doors, if these are the true ones."""
        self.visitor, self.is_sure = visitor, is_sure
        self.start, self.days = span
        self.doors: defaultdict[int, list[Spot]] = defaultdict(list)
        for one in spots:
            self.doors[int(one.at // DAY)].append(one)
        self.visited = sorted(self.doors)
        self.how_many = sum(map(len, self.doors.values()))

    def progress(self, day: int) -> float:
        """Return how far the campaign has gone."""
        return (day - self.start) / max(self.days, 1)

    def density(self, hour: float, city: int, place: Blur | None, without: Spot | None) -> float:
        """Return the density of one more door told at this hour and place, per hour and km²."""
        day = int(hour // DAY)
        same = [one for one in self.doors.get(day, ()) if one is not without]
        doors = self.how_many - (without is not None)
        visited = len(self.visited) - (without is not None and not same)
        on_one, elsewhere = _per_day(self.days, visited, doors)
        when = (on_one if same else elsewhere) * at_hour(hour % DAY, 9.5, 20.5)
        size = self._one_more(doors)
        if place is None:
            return size * when
        if self.visitor.kind == "wave":
            there = self._of_wave(city, place, without)
        else:
            there = self._of_ring(day, city, place, same)
        if not self.is_sure:
            anywhere = SHARES[city] * meet(place, Blur(0, 0, WIDE[city]))[0]
            there += _DOUBT * (anywhere - there)
        return size * when * there

    def _one_more(self, doors: int) -> float:
        # Doors are a set, so that another can be any of them; and sizes have their shares. That a
        # ring has four at least is left out: it would give away the last report of a small one.
        if not self.is_sure:
            return float(self.visitor.reports)  # tells nothing of one report where none is known
        if self.visitor.kind == "wave":
            return doors + 1.0
        larger, smaller = (math.log(one) - _MEDIAN for one in (doors + 1, max(doors, 1)))
        shares = math.exp((smaller**2 - larger**2) / (2 * _SIGMA**2)) * doors / (doors + 1)
        return shares * doors  # and a span of so many days is less likely by 1 / size

    def _of_wave(self, city: int, place: Blur, without: Spot | None) -> float:
        if city != self.visitor.city:
            return 0.0
        base = Blur(0, 0, WIDE[city])
        for spots in self.doors.values():
            for one in spots:
                if one is not without:
                    base = meet(base, Blur(*one.where, _DOOR))[1]
        return meet(base, place._replace(variance=_DOOR + AROUND))[0]

    def _of_ring(self, day: int, city: int, place: Blur, same: Sequence[Spot]) -> float:
        if same and same[0].city != city:
            return 0.0
        before, after = bisect_left(self.visited, day), bisect_right(self.visited, day)
        left = self._day(self.visited[before - 1]) if before else None
        right = self._day(self.visited[after]) if after < len(self.visited) else None
        told = [place._replace(variance=_DOOR + AROUND)]
        if same:
            known = [_mean(same)]
            return self._chance(left, right, city, known + told) / self._chance(
                left, right, city, known
            )
        direct = self._next(left, *right) if right else 1.0
        return self._chance(left, right, city, told) / direct

    def _day(self, day: int) -> tuple[int, Blur]:
        return self.doors[day][0].city, _mean(self.doors[day])

    def _bases(self, left: tuple[int, Blur] | None, city: int) -> list[tuple[float, Blur]]:
        # Where a day's base can be, after the last day before it: nearby, or anew in some city.
        anew = Blur(0, 0, WIDE[city])
        if left is None:
            at_home = (1 - _MOVES) * (city == self.visitor.city)
            return [(at_home + _MOVES * SHARES[city], anew)]
        bases = [(_MOVES * SHARES[city], anew)]
        if left[0] == city:
            base = left[1]._replace(variance=left[1].variance + _STEP)
            bases.append((1 - _MOVES, base))
        return bases

    def _next(self, left: tuple[int, Blur] | None, city: int, known: Blur) -> float:
        return sum(weight * meet(base, known)[0] for weight, base in self._bases(left, city))

    def _chance(
        self,
        left: tuple[int, Blur] | None,
        right: tuple[int, Blur] | None,
        city: int,
        seen: Sequence[Blur],
    ) -> float:
        chance = 0.0
        for weight, base in self._bases(left, city):
            each, now = weight, base
            for one in seen:
                agree, now = meet(now, one)
                each *= agree
            chance += each * (self._next((city, now), *right) if right else 1.0)
        return chance


def _mean(spots: Sequence[Spot]) -> Blur:
    north = sum(one.where[0] for one in spots) / len(spots)
    east = sum(one.where[1] for one in spots) / len(spots)
    return Blur(north, east, _DOOR / len(spots))
