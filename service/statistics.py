"""How many reports came in, by what; read from counts that are kept beside the reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from db.report_counts import find_counts, find_daily_counts
from db.units_of_work import reading
from domain.errors import InvalidError
from domain.indicators import IndicatorKind
from domain.statistics import CountedBy
from service.runtime import Runtime
from verifiers.indicators import value_of

DEFAULT_DAYS: Final = 90
MOST_DAYS: Final = 1_100  # three years: what a chart can still show day by day
MOST_VALUES: Final = 1_000
_MOST_SPELLINGS: Final = 10_000
_DAILY: Final = frozenset(
    {
        CountedBy.DAY,
        CountedBy.STATUS,
        CountedBy.SEVERITY,
        CountedBy.KIND,
        CountedBy.ASKED_FOR,
        CountedBy.AUTOMATIC_LINK,
    }
)
"""Of these there are few values, so that a value a day is no flood."""


@dataclass(frozen=True, slots=True)
class Counted:
    """So many reports have this value, received on this day; None stands for all of them."""

    day: date | None
    value: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts over days of receipt, inclusive and in the service's time zone.

    `total` is how many reports there are; of what was asked for, a report may have several.
    """

    first_day: date
    last_day: date
    by: CountedBy
    total: int
    items: tuple[Counted, ...]


def days_between(
    runtime: Runtime, first_day: date | None, last_day: date | None
) -> tuple[date, date]:
    """Return the days asked for, else the last 90; raises InvalidError."""
    last = last_day or runtime.clock().astimezone(runtime.time_zone).date()
    try:
        first = first_day or last - timedelta(days=DEFAULT_DAYS - 1)
    except OverflowError:
        first = last
    if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
        message = f"from must not be after to, and at most {MOST_DAYS} days are counted"
        raise InvalidError(message)
    return first, last


async def count_reports(  # noqa: PLR0913 - each by its name
    runtime: Runtime,
    by: CountedBy,
    first_day: date | None = None,
    last_day: date | None = None,
    *,
    daily: bool = False,
    limit: int = MOST_VALUES,
) -> Statistics:
    """Return how many reports have each value, the most frequent first, or each day for itself.

    Raises InvalidError for days that are none or too many, and day by day for what has many values.
    """
    if daily and by not in _DAILY:
        message = f"{by} is not counted day by day"
        raise InvalidError(message)
    days = days_between(runtime, first_day, last_day)
    async with reading(runtime.engine) as session:
        total = await _total(session, days)
        items = await _count(session, runtime.country, by, days, limit, daily=daily)
    return Statistics(*days, by, total, items)


async def count_overview(
    runtime: Runtime,
    facts: Sequence[CountedBy],
    first_day: date | None = None,
    last_day: date | None = None,
    *,
    limit: int,
) -> list[Statistics]:
    """Return the same days counted by each of these facts; raises InvalidError."""
    days = days_between(runtime, first_day, last_day)
    async with reading(runtime.engine) as session:
        total = await _total(session, days)
        return [
            Statistics(
                *days,
                by,
                total,
                await _count(session, runtime.country, by, days, limit, daily=False),
            )
            for by in facts
        ]


async def _total(session: AsyncSession, days: tuple[date, date]) -> int:
    kinds = await find_counts(session, CountedBy.KIND, *days, MOST_VALUES)
    return sum(count for _, count in kinds)


async def _count(  # noqa: PLR0913 - each by its name
    session: AsyncSession,
    country: str,
    by: CountedBy,
    days: tuple[date, date],
    limit: int,
    *,
    daily: bool,
) -> tuple[Counted, ...]:
    if by is CountedBy.DAY:
        sums: dict[date, int] = {}
        for day, _, count in await find_daily_counts(session, CountedBy.KIND, *days):
            sums[day] = sums.get(day, 0) + count
        return tuple(Counted(day, None, count) for day, count in sums.items())
    if daily:
        found = await find_daily_counts(session, by, *days)
        return tuple(Counted(*one) for one in found)
    merges = by is CountedBy.AGENCY
    counts = await find_counts(session, by, *days, _MOST_SPELLINGS if merges else limit)
    if merges:
        counts = _as_one(counts, country)[:limit]
    return tuple(Counted(None, value, count) for value, count in counts)


def _as_one(found: Sequence[tuple[str, int]], country: str) -> list[tuple[str, int]]:
    """Return the spellings of each agency as one, by the most frequent, which `found` has first."""
    words: dict[str, str] = {}
    sums: dict[str, int] = {}
    for value, count in found:
        same = value_of(IndicatorKind.AGENCY, value, country) or value
        words.setdefault(same, value)
        sums[same] = sums.get(same, 0) + count
    counts = [(words[same], count) for same, count in sums.items()]
    return sorted(counts, key=lambda one: (-one[1], one[0]))
