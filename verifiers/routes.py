"""Where a case is to be expected, and how often, from where and when its visitors were met.

A base that moves a few kilometres from one working day to the next, doors scattered around it, and
now and then another town: a random walk, of which the nearest days before and after tell most.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from enum import Enum
from itertools import pairwise
from typing import Final, NamedTuple

from verifiers.risk import Place

DAY: Final = 86_400.0
_KM_PER_DEGREE: Final = 111.2
_HALF_A_DAY: Final = DAY / 2
"""Doors so near in time are of one working day, for between two of these lies a night."""
_OF_A_DOOR: Final = 1.1
"""Variance of a door's distance from the day's middle, km2 north and east each."""
_PER_DAY: Final = 3.75
"""Variance that each day adds to where the middle of the next one lies, km2."""
_ELSEWHERE: Final = 0.05
"""How often visitors turn up where nothing led one to expect them."""
_LEAST_TAIL_DAYS: Final = 6.0
_LONGEST_SILENCE: Final = 6.0
_SEVERAL: Final = 4
"""Reports from which a silence is measured in full; of fewer its part `_OF_FEW` counts, and that
up to `_LONGEST_OF_FEW` tails."""
_OF_FEW: Final = 0.78
_LONGEST_OF_FEW: Final = 1.5


class Door(NamedTuple):
    """Where and when visitors were met, in Unix seconds and degrees; which report tells it."""

    at: float
    latitude: float
    longitude: float
    report: int


class When(Enum):
    """A moment as a case's reports surround it."""

    SAME_DAY = "others are of the same working day"
    BETWEEN = "there were some on days before and after it"
    OUTSIDE = "it is before the first or after the last day"


class Rhythm(NamedTuple):
    """How many reports a day are to be expected at a moment, and for how long there was none.

    `silence` is a ratio, 0 unless the moment is outside the case's days.
    """

    per_day: float
    when: When
    silence: float = 0.0


def rhythm(moments: Sequence[float], size: int, at: float) -> Rhythm:
    """Return a case's rhythm at a moment.

    `moments` are its latest reports' in order, `size` is how many reports it has in all.

    On a day that they worked, the share of a day is to be expected; on another one between the
    first and the last what is as usual as days with one report alone (Good and Turing: those tell
    how much is still unseen). Who worked for long may rest for long: before and after, the silence
    is measured by a tail that grows with the time they worked.
    """
    first, last, many = moments[0], moments[-1], len(moments)
    days = _days(moments)
    alone = days.count(1)
    begin = bisect_left(moments, at - _HALF_A_DAY)
    end = bisect_right(moments, at + _HALF_A_DAY)
    if end > begin:
        return Rhythm((many - alone + 0.5) / len(days), When.SAME_DAY)
    span = (last - first) / DAY
    if first < at < last:
        return Rhythm((alone + 0.5) / max(span - len(days) + 1, 1), When.BETWEEN)
    per_day, silence = pace(size, first, last, at)
    return Rhythm(per_day, When.OUTSIDE, silence)


def pace(size: int, first: float, last: float, at: float) -> tuple[float, float]:
    """Return a case's reports a day over all its time, and its silence at a moment, as a ratio.

    The more reports a case had, the more its silence tells. Of a few it tells little however long
    it lasts: genuine staff are reported now and then, for years.
    """
    span = (last - first) / DAY
    tail = _LEAST_TAIL_DAYS + span / 4
    ratio = max(at - last, first - at, 0) / DAY / tail
    if size < _SEVERAL:
        silence = _OF_FEW * min(ratio, _LONGEST_OF_FEW)
    else:
        silence = min(ratio, _LONGEST_SILENCE) * size / (size + 3)
    return (size + 0.3) / (span + 2 * tail), silence


def _days(moments: Sequence[float]) -> list[int]:
    """Return how many reports each working day has: nights are longer than what is between."""
    days = [1]
    for before, after in pairwise(moments):
        if after - before > _HALF_A_DAY:
            days.append(1)
        else:
            days[-1] += 1
    return days


def likelihood(doors: Sequence[Door], at: float, place: Place, usual: float) -> float:
    """Return how much likelier a case's next door is there than anybody's.

    `usual` is the part of all reports, per km2, that is told of around the place. The doors are in
    the order of time, and there is at least one.
    """
    expected = (1 - _ELSEWHERE) * _density(doors, at, place)
    return max(expected / usual, _ELSEWHERE)


def _density(doors: Sequence[Door], at: float, place: Place) -> float:
    """Return the chance of a door per km2 at a place."""
    first = bisect_left(doors, (at - _HALF_A_DAY,))
    last = bisect_right(doors, (at + _HALF_A_DAY, math.inf))
    if last > first:
        middle = _middle(doors[first:last], place)
        return _normal(*middle, _OF_A_DOOR + _OF_A_DOOR / (last - first))
    sides: list[tuple[float, float, float]] = []
    if first:
        since = doors[first - 1].at
        day = doors[bisect_left(doors, (since - _HALF_A_DAY,)) : first]
        sides.append((*_middle(day, place), _apart(len(day), at - since)))
    if last < len(doors):
        until = doors[last].at
        day = doors[last : bisect_right(doors, (until + _HALF_A_DAY, math.inf))]
        sides.append((*_middle(day, place), _apart(len(day), until - at)))
    alone = [_normal(north, east, variance + _OF_A_DOOR) for north, east, variance in sides]
    if len(sides) == 1:
        return alone[0]
    # Between two days that are known it is on the way from one to the other, or one of them moved.
    (one, other), whole = sides, sides[0][2] + sides[1][2]
    north, east = ((one[at] * other[2] + other[at] * one[2]) / whole for at in (0, 1))
    between = _normal(north, east, one[2] * other[2] / whole + _OF_A_DOOR)
    return (1 - 2 * _ELSEWHERE) * between + _ELSEWHERE * sum(alone)


def _apart(doors: int, seconds: float) -> float:
    return _OF_A_DOOR / doors + _PER_DAY * max(seconds / DAY, 1)


def _middle(doors: Sequence[Door], place: Place) -> tuple[float, float]:
    """Return the middle of doors in km north and east of a place."""
    north = sum(one.latitude for one in doors) / len(doors) - place.latitude
    east = sum(one.longitude for one in doors) / len(doors) - place.longitude
    return north * _KM_PER_DEGREE, east * _KM_PER_DEGREE * math.cos(math.radians(place.latitude))


def _normal(north: float, east: float, variance: float) -> float:
    return math.exp(-(north**2 + east**2) / (2 * variance)) / (2 * math.pi * variance)
