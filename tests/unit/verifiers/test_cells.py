"""Cells around a place leave no place of the circle out."""

import math

from hypothesis import given
from hypothesis import strategies as st

from verifiers.cells import COARSE, FARTHEST_METRES, FINE, around, cell_of, centre_of
from verifiers.risk import Place, distance


@given(
    st.floats(-89, 89),
    st.floats(-180, 180),
    st.floats(1, FARTHEST_METRES),
    st.floats(0, 2 * math.pi),
)
def test_a_circle_lies_in_the_cells_around(
    latitude: float, longitude: float, metres: float, bearing: float
) -> None:
    north = math.degrees(metres * math.cos(bearing) / 6_371_000)
    east = math.degrees(metres * math.sin(bearing) / 6_371_000)
    rim = Place(
        max(-90.0, min(90.0, latitude + north)),
        longitude + east / math.cos(math.radians(latitude)),
    )
    resolution, cells = around(Place(latitude, longitude), metres)
    assert len(cells) <= 80
    if distance(Place(latitude, longitude), rim) <= metres:
        assert cell_of(rim, resolution) in cells


def test_small_circles_have_fine_cells() -> None:
    place = Place(25.033, 121.5654)
    assert (around(place, 500)[0], around(place, 20_000)[0]) == (FINE, COARSE)
    assert distance(centre_of(cell_of(place)), place) < 1_600
