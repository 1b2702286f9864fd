"""Whether a report is of a visit that was told of already: by a neighbour, or for a second time.

Two tellings of one visit lie minutes and a street apart: nearer than two visits of one day.
"""

import math
from bisect import bisect_left, bisect_right
from typing import Final

from verifiers.profiles import Profile
from verifiers.risk import Place, distance
from verifiers.routes import DAY
from verifiers.traits import Traits

_CLOCKS: Final = 28 * 60.0
"""How far apart two people say that a visit was, in seconds: a standard deviation."""
_STREET: Final = 0.05
"""Variance of the distance between the places that they give, km2 north and east each."""
_LONGEST: Final = 4 * _CLOCKS
_AGAIN: Final = 0.06
"""How many more reports of a visit follow a first one."""
_AGAIN_OF_ONE: Final = 0.2
"""The same of visitors who were reported once: who comes once only is told of as often."""


def told_again(
    new: Traits, profile: Profile, per_day: float, there: float, usual: float | None
) -> tuple[float, int | None]:
    """Return how much likelier a report is for being of a visit of a case that is known.

    As a base-2 logarithm of at least 0, with the place in the profile of the report that tells of
    the same visit, None where none does. `per_day` is how many reports a day are to be expected of
    *other* visits of the case, and `there` how much likelier the case's are at the place than
    anybody's; `usual` is the part of all reports, per km2, that is told of around it.
    """
    moments = profile.moments
    first = bisect_left(moments, new.at - _LONGEST)
    last = bisect_right(moments, new.at + _LONGEST)
    if first == last:
        return 0.0, None
    places = {one.report: Place(one.latitude, one.longitude) for one in profile.doors}
    chances = {}
    for at in range(first, last):
        near = there
        if new.place is not None and usual is not None and at in places:
            near = _on_one_street(new.place, places[at]) / usual
        chances[at] = _normal(moments[at] - new.at, _CLOCKS) * DAY * near
    again = _AGAIN_OF_ONE if profile.size == 1 else _AGAIN
    nearest = max(chances, key=lambda at: chances[at])
    return math.log2(1 + again * sum(chances.values()) / (per_day * there)), nearest


def _on_one_street(one: Place, other: Place) -> float:
    kilometres = distance(one, other) / 1000
    return math.exp(-(kilometres**2) / (2 * _STREET)) / (2 * math.pi * _STREET)


def _normal(off: float, deviation: float) -> float:
    return math.exp(-((off / deviation) ** 2) / 2) / (math.sqrt(2 * math.pi) * deviation)
