"""The outline under the console's map, and which of its areas a place lies in.

A GeoJSON file (RFC 7946) of areas: polygons whose `name`, or `name_zh-Hant` and `name_zh-Hans`,
say what they are called. Nothing else of the file is read, kept or shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, ValidationError

from domain.errors import MenshenError
from domain.states import Language
from verifiers import cells
from verifiers.risk import Place

LARGEST_BYTES: Final = 4_000_000
"""Of a file that browsers still draw while an analyst looks at them."""
_SHIPPED: Final = Path(__file__).parent / "outlines"

Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Position = tuple[Longitude, Latitude]
Ring = Annotated[list[Position], Field(min_length=4)]


class UnsafeRegionError(MenshenError):
    """The file of the map's outline is none."""

    code = "unsafe_region"


class _Polygon(BaseModel):
    type: Literal["Polygon"]
    coordinates: list[Ring]


class _MultiPolygon(BaseModel):
    type: Literal["MultiPolygon"]
    coordinates: list[list[Ring]]


class _Feature(BaseModel):
    type: Literal["Feature"]
    properties: dict[str, Any] | None = None
    geometry: Annotated[_Polygon | _MultiPolygon, Field(discriminator="type")]


class _Collection(BaseModel):
    type: Literal["FeatureCollection"]
    features: Annotated[list[_Feature], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a region; each polygon is its outer ring and the holes in it."""

    names: dict[Language, str]
    polygons: Sequence[Sequence[Sequence[Position]]]

    def holds(self, place: Place) -> bool:
        """Tell whether a place lies in it."""
        at = (place.longitude, place.latitude)
        return any(
            _is_inside(at, rings[0]) and not any(_is_inside(at, hole) for hole in rings[1:])
            for rings in self.polygons
        )


@dataclass(frozen=True, slots=True)
class Region:
    """All that a map shows under the cells."""

    areas: Sequence[Area] = ()

    def name_of(self, place: Place, language: Language) -> str | None:
        """Return the name of the area that a place lies in, if any."""
        found = next((area for area in self.areas if area.holds(place)), None)
        return None if found is None else found.names[language]

    def name_of_cell(self, cell: str, language: Language) -> str | None:
        """Return the name of the area of a cell: the middle of a coast's may lie in the sea."""
        corners = (Place(latitude, longitude) for longitude, latitude in cells.boundary_of(cell))
        names = (self.name_of(place, language) for place in (cells.centre_of(cell), *corners))
        return next(filter(None, names), None)

    def as_geojson(self, language: Language) -> dict[str, Any]:
        """Return the outline with its names in one language."""
        features = [
            {
                "type": "Feature",
                "properties": {"name": area.names[language]},
                "geometry": {"type": "MultiPolygon", "coordinates": area.polygons},
            }
            for area in self.areas
        ]
        return {"type": "FeatureCollection", "features": features}


def load(file: Path | None, country: str) -> Region:
    """Return the region of a file, else the one that comes along for a country, else an empty one.

    Raises UnsafeRegionError for a file that is missing, too large, or no GeoJSON of areas.
    """
    return _shipped(country) if file is None else _read(file)


@cache
def _shipped(country: str) -> Region:
    path = _SHIPPED / f"{country}.geojson"
    return _read(path) if path.is_file() else Region()


def _read(path: Path) -> Region:
    try:
        with path.open("rb") as opened:
            content = opened.read(LARGEST_BYTES + 1)
        if len(content) > LARGEST_BYTES:
            message = f"{path} has over {LARGEST_BYTES} bytes; simplify it"
            raise UnsafeRegionError(message)
        read = _Collection.model_validate_json(content)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise UnsafeRegionError(message) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        message = f"{path} is no GeoJSON file of areas: {where}: {first['msg']}"
        raise UnsafeRegionError(message) from error
    return Region(tuple(_area(one) for one in read.features))


def _area(feature: _Feature) -> Area:
    said = feature.properties or {}
    plain = str(said.get("name") or "")
    names = {one: str(said.get(f"name_{one}") or plain) for one in Language}
    geometry = feature.geometry
    polygons = (
        geometry.coordinates if isinstance(geometry, _MultiPolygon) else [geometry.coordinates]
    )
    return Area(names, polygons)


def _is_inside(at: Position, ring: Sequence[Position]) -> bool:
    """Count the edges east of a place: an odd number of them surrounds it."""
    longitude, latitude = at
    inside = False
    for (west, south), (east, north) in pairwise(ring):
        if (south > latitude) != (north > latitude):
            crossing = west + (east - west) * (latitude - south) / (north - south)
            inside ^= longitude < crossing
    return inside
