"""The outline under the map: what comes along, what an operator brings, what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.states import Language
from service import regions
from service.regions import Region, UnsafeRegionError
from verifiers.risk import Place

SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
HOLE = [[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]]


def collection(coordinates: Any, kind: str = "Polygon", **names: str) -> dict[str, Any]:  # noqa: ANN401 - JSON
    geometry = {"type": kind, "coordinates": coordinates}
    feature = {"type": "Feature", "properties": {**names, "secret": "x"}, "geometry": geometry}
    return {"type": "FeatureCollection", "features": [feature]}


def load(tmp_path: Path, content: object) -> Region:
    file = tmp_path / "map.geojson"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return regions.load(file, "TW")


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (Place(25.0330, 121.5654), "臺北市"),
        (Place(25.0120, 121.4657), "新北市"),
        (Place(22.6273, 120.3014), "高雄市"),
        (Place(24.4360, 118.3180), "金門縣"),
        (Place(0, 0), None),
    ],
)
def test_what_comes_along_names_places(place: Place, name: str | None) -> None:
    assert regions.load(None, "TW").name_of(place, Language.TRADITIONAL) == name


def test_a_country_without_an_outline_has_an_empty_map() -> None:
    assert regions.load(None, "XX") == Region()


def test_only_outlines_and_names_of_a_file_are_kept(tmp_path: Path) -> None:
    region = load(tmp_path, collection([SQUARE, HOLE], name="Here", **{"name_zh-Hans": "这里"}))
    assert region.name_of(Place(5, 1), Language.SIMPLIFIED) == "这里"
    assert region.name_of(Place(1, 5), Language.TRADITIONAL) == "Here"
    assert region.name_of(Place(5, 5), Language.ENGLISH) is None  # in the hole
    shown = region.as_geojson(Language.ENGLISH)
    assert shown["features"][0]["properties"] == {"name": "Here"}
    assert "secret" not in json.dumps(shown)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        {"type": "FeatureCollection", "features": []},
        collection([[[0, 0], [1, 1]]]),
        collection([[[0, 95], [1, 1], [1, 0], [0, 95]]]),
        collection([0, 0], "Point"),
        " " * (regions.LARGEST_BYTES + 1),
    ],
    ids=["nothing", "other", "list", "empty", "line", "off-earth", "point", "large"],
)
def test_what_is_no_outline_stops_the_start(tmp_path: Path, content: object) -> None:
    with pytest.raises(UnsafeRegionError, match=r"map\.geojson"):
        load(tmp_path, content)


def test_a_missing_file_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(UnsafeRegionError, match="No such file"):
        regions.load(tmp_path / "none", "TW")
