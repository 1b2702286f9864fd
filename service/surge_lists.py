"""Past surges, for the timeline and for clients: where, when, and how many against the expected."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from db.cases import AreaDay
from db.surges import find_surges
from db.units_of_work import reading
from domain.states import Language
from service.days import start_of
from service.runtime import Runtime
from service.statistics import days_between
from verifiers import cells
from verifiers.risk import Place

MOST_SHOWN: Final = 200
AROUND_KILOMETRES: Final = 11
"""From an area's middle: a circle of so many holds it, with a little of its neighbours."""


@dataclass(frozen=True, slots=True)
class Surge:
    """An area's day with more reports than expected; how probable as many were by chance."""

    area: str
    centre: Place
    name: str | None
    day: date
    reports: int
    expected: float
    probability: float


@dataclass(frozen=True, slots=True)
class Surges:
    """The surges of days of receipt, inclusive, the last first."""

    first_day: date
    last_day: date
    items: tuple[Surge, ...]


async def list_surges(
    runtime: Runtime,
    language: Language,
    first_day: date | None = None,
    last_day: date | None = None,
) -> Surges:
    """Return the surges of some days, else of the last 90; raises InvalidError."""
    days = days_between(runtime, first_day, last_day)
    since = start_of(runtime, days[0], days=0)
    async with reading(runtime.engine) as session:
        found = await find_surges(session, *days, since, MOST_SHOWN)
    return Surges(*days, tuple(_surge(runtime, language, one) for one in found))


def _surge(runtime: Runtime, language: Language, row: AreaDay) -> Surge:
    return Surge(
        area=row.area,
        centre=cells.centre_of(row.area),
        name=runtime.region.name_of_cell(row.area, language),
        day=row.day,
        reports=row.reports,
        expected=row.expected or 0.0,
        probability=row.probability or 0.0,
    )
