"""Where and when a case is to be expected."""

import pytest

from verifiers.cells import around, cell_of
from verifiers.neighbourhoods import NEAR_DAYS, NEAR_METRES, PER_CELL, Carriers, usual_part
from verifiers.risk import Place
from verifiers.routes import DAY, Door, When, likelihood, rhythm

HOME = Place(25.03, 121.56)
KM = 1 / 111.2  # degrees north
USUAL = 0.001


def door(days: float, kilometres: float, report: int = 0) -> Door:
    return Door(days * DAY, HOME.latitude + kilometres * KM, HOME.longitude, report)


def at(kilometres: float) -> Place:
    return Place(HOME.latitude + kilometres * KM, HOME.longitude)


def test_a_case_is_expected_where_it_is_that_day() -> None:
    doors = [door(0, 40), door(9.5, -1), door(9.6, 1)]
    here = likelihood(doors, 9.7 * DAY, HOME, USUAL)
    # Two normal deviates about the middle of two doors: 1.1 km2, and half of it for the middle.
    assert here == pytest.approx(0.95 / (2 * 3.14159 * 1.65) / USUAL, rel=1e-3)
    assert likelihood(doors, 9.7 * DAY, at(3), USUAL) < here / 10


def test_the_longer_ago_the_less_is_known() -> None:
    near, far = HOME, at(9)
    doors = [door(0, 0)]
    assert likelihood(doors, 2 * DAY, near, USUAL) > likelihood(doors, 8 * DAY, near, USUAL)
    assert likelihood(doors, 2 * DAY, far, USUAL) < likelihood(doors, 8 * DAY, far, USUAL)
    # It goes as well for a report of before as of after.
    before = likelihood([door(4, 0)], 2 * DAY, near, USUAL)
    assert before == pytest.approx(likelihood(doors, 2 * DAY, near, USUAL))


def test_between_two_days_a_case_is_on_its_way() -> None:
    doors = [door(0, 0), door(6, 12)]
    halfway = likelihood(doors, 3 * DAY, at(6), USUAL)
    assert halfway > likelihood(doors[:1], 3 * DAY, at(6), USUAL)
    assert halfway > likelihood(doors, 3 * DAY, at(0), USUAL)


def test_visitors_may_turn_up_anywhere() -> None:
    assert likelihood([door(0, 0)], DAY, at(300), USUAL) == pytest.approx(0.05)


def test_a_case_that_worked_for_long_may_rest_for_long() -> None:
    days = [float(day) * DAY for day in range(0, 80, 2)]
    busy = rhythm(days, 40, 100 * DAY)
    assert busy.per_day == pytest.approx(40.3 / (78 + 2 * 25.5))
    assert busy.silence == pytest.approx(22 / 25.5 * 40 / 43)
    assert rhythm(days[-8:], 8, 100 * DAY).silence > 2 * busy.silence  # who came for two weeks
    # Of a few reports no silence tells more than one of some days.
    for moments in (days[-2:], [DAY], [900 * DAY]):
        silent = rhythm(moments, len(moments), 400 * DAY)
        assert silent.silence == pytest.approx(0.78 * 1.5)
    assert rhythm(days, 40, 900 * DAY).silence == pytest.approx(6 * 40 / 43)


def test_a_case_is_expected_on_the_days_it_works() -> None:
    # Four days in ten, one of them with a single report.
    moments = [day * DAY + hour * DAY / 24 for day in (0, 3, 7) for hour in (0, 2, 5)] + [9 * DAY]
    today = rhythm(moments, 10, 3 * DAY + DAY / 8)
    resting = rhythm(moments, 10, 5 * DAY)
    assert (today.when, resting.when) == (When.SAME_DAY, When.BETWEEN)
    assert today.per_day == pytest.approx(9.5 / 4)
    assert resting.per_day == pytest.approx(1.5 / 6)  # six days more, and one in ten is unseen
    assert rhythm(moments, 10, -DAY).when is rhythm(moments, 10, 11 * DAY).when is When.OUTSIDE
    assert rhythm(moments, 10, 9.4 * DAY).when is When.SAME_DAY
    assert today.silence == resting.silence == 0
    assert rhythm([DAY], 1, DAY).per_day == pytest.approx(0.5)


def test_what_is_usual_around_a_place_is_measured() -> None:
    cells = around(HOME, NEAR_METRES)[1]
    day = 30 * DAY
    empty = usual_part(HOME, {one: [] for one in cells}, day, day, 50)
    mine = {one: [] if one != cell_of(HOME) else [day - DAY] * 8 for one in cells}
    some = usual_part(HOME, mine, day, day, 50)
    assert 0 < empty < some
    assert usual_part(HOME, mine, day, day, 100) == pytest.approx(some / 2)
    # Later on more days are looked at, so that as many reports are fewer a day.
    assert usual_part(HOME, mine, day, day + 30 * DAY, 50) < some
    # What was cut off is counted by how soon that happened.
    many = {**mine, cell_of(HOME): [day - DAY * at / PER_CELL for at in range(PER_CELL)]}
    spread = {**mine, cell_of(HOME): [day - DAY * at / 2 for at in range(PER_CELL)]}
    assert NEAR_DAYS > PER_CELL / 2 - 1
    assert usual_part(HOME, many, day, day, 50) > usual_part(HOME, spread, day, day, 50) * 3


def test_who_else_has_a_value_is_counted_by_the_year_where_it_is_cut_off() -> None:
    days = [float(one) * DAY for one in range(41)]
    known = Carriers(["a", *["b"] * 40], days)
    assert known.outside("a") == 40
    assert Carriers(known.clusters, days, all_known=False).outside("a") == pytest.approx(365)
    assert Carriers(["a"] * 3, days[:3], all_known=False).outside("a") == 0
