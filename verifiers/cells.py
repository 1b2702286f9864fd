"""Places as cells of the H3 grid, so that an index finds what lies near.

Resolution 7 has edges of about 1.4 km and resolution 5 of about 9.9 km (H3's table of averages).
"""

import math
import re
from functools import lru_cache
from typing import Final

import h3  # type: ignore[import-untyped] # no stubs

from verifiers.risk import Place, distance

FINE: Final = 7
MAP: Final = 6
"""Of the cells that a map shows: edges of about 3.7 km, so that none is a street."""
COARSE: Final = 5
FARTHEST_METRES: Final = 50_000
"""The widest circle that `around` covers: some 50 cells."""
_FINE_UP_TO: Final = 7_000  # metres; wider circles are covered by coarse cells
# Metres that each ring reaches further at least: sqrt(3)/2 of the shortest way between neighbours'
# centres, 1,757 and 12,286 m in a sample of 20,000 cells.
_RING: Final = {FINE: 1_520, COARSE: 10_600}
_CORNER: Final = {FINE: 1_600, COARSE: 11_200}  # metres from a centre at most, in that sample
_WRITTEN: Final = re.compile(r"[0-9a-f]{15}")
_OFF_CENTRE: Final = 0.25  # rings; the circle's middle may lie at its cell's rim


def cell_of(place: Place, resolution: int = FINE) -> str:
    """Return the cell that a place lies in, 15 hexadecimal digits."""
    return str(h3.latlng_to_cell(place.latitude, place.longitude, resolution))


def is_of_map(text: str) -> bool:
    """Tell whether a text is a cell that a map shows."""
    # As it is stored: the library takes other spellings, and fails at more than 64 bits.
    is_cell = _WRITTEN.fullmatch(text) is not None and bool(h3.is_valid_cell(text))
    return is_cell and h3.get_resolution(text) == MAP


@lru_cache(maxsize=65_536)
def centre_of(cell: str) -> Place:
    """Return the middle of a cell; raises ValueError for what is no cell."""
    return Place(*h3.cell_to_latlng(cell))


def around(place: Place, metres: float) -> tuple[int, tuple[str, ...]]:
    """Return a resolution and cells of it that cover a circle; of at most `FARTHEST_METRES`."""
    resolution = FINE if metres <= _FINE_UP_TO else COARSE
    rings = math.ceil(min(metres, FARTHEST_METRES) / _RING[resolution] + _OFF_CENTRE)
    disk = h3.grid_disk(cell_of(place, resolution), rings)
    reach = metres + _CORNER[resolution]
    return resolution, tuple(
        sorted(one for one in disk if distance(centre_of(one), place) <= reach)
    )


def boundary_of(cell: str) -> list[tuple[float, float]]:
    """Return a cell's corners as (longitude, latitude), as GeoJSON has them, the first one last."""
    corners = [(longitude, latitude) for latitude, longitude in h3.cell_to_boundary(cell)]
    return [*corners, corners[0]]
