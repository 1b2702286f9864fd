"""Only places far apart say anything; a family at one door says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.risk import Place, Seen, distance, is_elsewhere

HOME = Place(25.0330, 121.5654)
FAR = Place(25.2130, 121.5654)  # 0.18 degrees of latitude: 20 km north
PLACES = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))


def test_a_degree_of_latitude_has_its_length() -> None:
    assert distance(Place(0, 0), Place(1, 0)) == pytest.approx(111_195, rel=1e-3)
    assert distance(Place(0, 179.5), Place(0, -179.5)) == pytest.approx(111_195, rel=1e-3)


@given(PLACES, PLACES)
def test_distance_is_symmetric_and_at_most_half_way_round(one: Place, other: Place) -> None:
    assert distance(one, other) == pytest.approx(distance(other, one), abs=1e-6)
    assert 0 <= distance(one, other) <= 20_015_087


def test_a_family_of_six_at_one_door_is_no_risk() -> None:
    earlier = [Seen(HOME, second) for second in range(5)]
    assert not is_elsewhere(Seen(HOME, 10), earlier, HOME)


def test_two_doors_within_ten_minutes_are() -> None:
    assert is_elsewhere(Seen(FAR, 600), [Seen(HOME, 0)], None)
    assert not is_elsewhere(Seen(FAR, 601), [Seen(HOME, 0)], None)


def test_far_from_the_address_is() -> None:
    assert is_elsewhere(Seen(FAR, 0), [], HOME)
    assert not is_elsewhere(Seen(FAR, 0), [], None)
