"""Who keeps to an area is told from who moves on, by his own doors."""

from random import Random

import pytest

from verifiers.risk import Place
from verifiers.routes import DAY, Door
from verifiers.territories import Territory, likelihood, territory_of

HOME = Place(25.03, 121.56)
KM = 1 / 111.2  # degrees north
USUAL = 0.001


def door(days: float, north: float, east: float = 0.0, report: int = 0) -> Door:
    return Door(days * DAY, HOME.latitude + north * KM, HOME.longitude + east * KM, report)


def kept_to_an_area(random: Random, many: int) -> list[Door]:
    """Once a month or so, somewhere within the same kilometres."""
    return [door(30 * at, random.gauss(0, 5), random.gauss(0, 5)) for at in range(many)]


def moved_on(random: Random, many: int) -> list[Door]:
    """Day by day, a few kilometres from where it was the day before."""
    north = east = 0.0
    doors = []
    for at in range(many):
        north, east = north + random.gauss(0, 2), east + random.gauss(0, 2)
        doors += [door(at + hour, north + random.gauss(0, 1), east) for hour in (0.1, 0.2)]
    return doors


def known(doors: list[Door]) -> Territory:
    found = territory_of(doors)
    assert found is not None
    return found


def test_who_keeps_to_an_area_is_told_from_who_moves_on() -> None:
    random = Random(7)  # noqa: S311 - repeatable
    areas = [known(kept_to_an_area(random, 12)) for _ in range(40)]
    routes = [known(moved_on(random, 6)) for _ in range(40)]
    assert sum(one.sure > 0.8 for one in areas) > 35
    assert sum(one.sure < 0.2 for one in routes) > 35
    # The area is found: within a kilometre or two, and as wide as it was made.
    middle = sum(one.latitude for one in areas) / 40
    assert middle == pytest.approx(HOME.latitude, abs=KM)
    assert sum(one.variance for one in areas) / 40 == pytest.approx(25 * 13 / 12, rel=0.15)


def test_of_two_doors_nothing_is_said() -> None:
    assert territory_of([]) is territory_of([door(0, 0), door(30, 1)]) is None
    assert territory_of([door(0, 0), door(30, 1), door(60, 0)]) is not None


def test_in_its_area_a_case_is_expected_on_any_day() -> None:
    doors = kept_to_an_area(Random(3), 20)  # noqa: S311 - repeatable
    area = known(doors)
    # On the morning after a door eight kilometres off, who moves would not be back.
    last = door(doors[-1].at / DAY + 1, 8.0)
    there = [*doors, last]
    soon = last.at + DAY
    moving = likelihood(there, None, soon, HOME, USUAL)
    keeping = likelihood(there, area, soon, HOME, USUAL)
    assert keeping > 10 * moving
    # And far from it nobody is expected any more than elsewhere.
    off = Place(HOME.latitude + 60 * KM, HOME.longitude)
    assert likelihood(there, area, soon, off, USUAL) == pytest.approx(0.05)


def test_who_moves_is_expected_as_if_there_were_no_area() -> None:
    doors = moved_on(Random(5), 12)  # noqa: S311 - repeatable
    area = known(doors)
    assert area.sure < 0.01
    here = Place(doors[-1].latitude, doors[-1].longitude)
    at = doors[-1].at + DAY
    plain = likelihood(doors, None, at, here, USUAL)
    assert likelihood(doors, area, at, here, USUAL) == pytest.approx(plain, rel=0.02)


def test_a_long_route_is_surely_one() -> None:
    # As many doors as there may ever be, each beside the one before it, across the island.
    doors = [door(at, 3.0 * at) for at in range(1000)]
    assert known(doors).sure == pytest.approx(0.0, abs=1e-9)
