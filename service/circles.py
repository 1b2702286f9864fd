"""Circles on earth, as people who search near a place write them."""

import math
import unicodedata
from typing import Final

from db.near import Circle
from domain.errors import InvalidError
from verifiers import cells
from verifiers.risk import Place

_POLE: Final = 90  # degrees


def read_circle(text: str) -> Circle:
    """Return the circle of `latitude,longitude,km` in degrees (WGS 84); raises InvalidError."""
    try:
        latitude, longitude, kilometres = map(float, _plain(text).split(","))
    except ValueError:
        latitude = longitude = kilometres = math.nan
    metres = 1000 * kilometres
    is_on_earth = abs(latitude) <= _POLE and abs(longitude) <= 2 * _POLE
    if not is_on_earth or not 0 < metres <= cells.FARTHEST_METRES:  # false for every nan
        message = "near is latitude,longitude,km in degrees, with at most 50 km"
        raise InvalidError(message)
    resolution, found = cells.around(Place(latitude, longitude), metres)
    return Circle(latitude, longitude, metres, found, coarse=resolution == cells.COARSE)


def _plain(text: str) -> str:
    # A Chinese keyboard types wide digits and commas, and a comma of its own between items.
    return unicodedata.normalize("NFKC", text).replace("\u3001", ",")
