"""Where reports come from: cells of the map, never finer than what an analyst is to see there."""

from dataclasses import dataclass
from datetime import date

from domain.states import Language
from domain.statistics import CountedBy
from service.runtime import Runtime
from service.statistics import Statistics, count_reports
from verifiers import cells
from verifiers.risk import Place


@dataclass(frozen=True, slots=True)
class MapCell:
    """So many reports of a cell; `boundary` is (longitude, latitude) in degrees, closed."""

    cell: str
    count: int
    centre: Place
    area: str | None
    boundary: list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class CountedMap:
    """Cells with reports, those with the most first; `placed` of `total` reports have a place."""

    first_day: date
    last_day: date
    total: int
    placed: int
    cells: tuple[MapCell, ...]


async def count_map(
    runtime: Runtime, language: Language, first_day: date | None, last_day: date | None
) -> CountedMap:
    """Return the reports of some days, the last 90 unless asked otherwise, by cell.

    Raises InvalidError.
    """
    counted = await count_reports(runtime, CountedBy.CELL, first_day, last_day)
    found = _map_cells(runtime, language, counted)
    return CountedMap(
        first_day=counted.first_day,
        last_day=counted.last_day,
        total=counted.total,
        placed=sum(one.count for one in found),
        cells=found,
    )


def _map_cells(runtime: Runtime, language: Language, counted: Statistics) -> tuple[MapCell, ...]:
    made = []
    for one in counted.items:
        cell = one.value or ""
        centre = cells.centre_of(cell)
        area = runtime.region.name_of_cell(cell, language)
        made.append(MapCell(cell, one.count, centre, area, cells.boundary_of(cell)))
    return tuple(made)
