"""Places that customers shared: far apart, a live code is probably being relayed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FAR_METRES: Final = 5_000
SOON_SECONDS: Final = 600
_EARTH_RADIUS: Final = 6_371_000


@dataclass(frozen=True, slots=True)
class Place:
    """A place on earth in degrees (WGS 84)."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Seen:
    """Where and when (Unix seconds) a code of the same token was scanned."""

    place: Place
    at: int


def distance(one: Place, other: Place) -> float:
    """Return the great-circle distance in metres (haversine; right within 0.6 %)."""
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = (
        math.sin((south - north) / 2) ** 2
        + math.cos(north) * math.cos(south) * math.sin(across / 2) ** 2
    )
    return 2 * _EARTH_RADIUS * math.asin(math.sqrt(min(1.0, half)))


def is_elsewhere(scan: Seen, earlier: Sequence[Seen], address: Place | None) -> bool:
    """Tell whether a scan is over 5 km from the address or from one of the last 10 minutes."""
    if address is not None and distance(scan.place, address) > FAR_METRES:
        return True
    return any(
        abs(scan.at - other.at) <= SOON_SECONDS and distance(scan.place, other.place) > FAR_METRES
        for other in earlier
    )
