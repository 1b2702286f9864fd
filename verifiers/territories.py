"""Whether a case keeps to one area, as genuine staff do who are reported now and then, or moves on.

Which of the two it does is judged by its own doors: each is compared with where a base that moves
(`routes.py`) and where an area of its own would have led one to expect it, from those before it.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from verifiers import routes
from verifiers.risk import Place
from verifiers.routes import ELSEWHERE, Door

_FEWEST: Final = 3
"""Doors from which something can be said."""
_BEFORE: Final = 0.2
"""How probably a case keeps to an area, before anything is known of its doors."""
_SPREAD: Final = 25.0
"""Variance of doors about the middle of an area, km2 north and east each, before any is known."""
_WORTH: Final = 1.5
"""Doors that this is worth besides those that are known."""
_ANYWHERE: Final = 0.004
"""Doors per km2 where nothing leads one to expect them, as in a town."""


class Territory(NamedTuple):
    """An area by its middle and its variance, km2; `sure` is how probably a case keeps to it."""

    sure: float
    latitude: float
    longitude: float
    variance: float


def territory_of(doors: Sequence[Door]) -> Territory | None:
    """Return the area of some doors, which are in the order of time; None for too few."""
    if len(doors) < _FEWEST:
        return None
    odds, squares = math.log(_BEFORE / (1 - _BEFORE)), 0.0
    for at, door in enumerate(doors[1:], 1):
        place = Place(door.latitude, door.longitude)
        north, east = routes.middle_of(doors[:at], place)
        kept = routes.normal(north, east, _variance(squares, at))
        odds += math.log(_at_all(kept) / _at_all(routes.density(doors[:at], door.at, place)))
        squares += (north**2 + east**2) / 2 * at / (at + 1)
    many = len(doors)
    latitude = sum(one.latitude for one in doors) / many
    longitude = sum(one.longitude for one in doors) / many
    sure = (1 + math.tanh(odds / 2)) / 2  # the logistic function, where nothing overflows
    return Territory(sure, latitude, longitude, _variance(squares, many))


def likelihood(
    doors: Sequence[Door], territory: Territory | None, at: float, place: Place, usual: float
) -> float:
    """Return how much likelier a case's next door is there than anybody's.

    `usual` is the part of all reports, per km2, that is told of around the place. The doors are in
    the order of time, and there is at least one.
    """
    expected = routes.density(doors, at, place)
    if territory is not None:
        middle = Place(territory.latitude, territory.longitude)
        kept = routes.normal(*routes.apart(place, middle), territory.variance)
        expected += territory.sure * (kept - expected)
    return max((1 - ELSEWHERE) * expected / usual, ELSEWHERE)


def _variance(squares: float, doors: int) -> float:
    # Of one more door: about the middle, which is known from so many only.
    return (squares + _WORTH * _SPREAD) / (doors - 1 + _WORTH) * (1 + 1 / doors)


def _at_all(density: float) -> float:
    return (1 - ELSEWHERE) * density + ELSEWHERE * _ANYWHERE
