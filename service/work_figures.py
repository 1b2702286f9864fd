"""How the team's work goes: how soon it looks and closes, how often reports and links hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from db.report_counts import find_counts_of_all
from db.units_of_work import reading
from domain.reports import ReportStatus
from domain.statistics import CountedBy, LinkVerdict
from service.runtime import Runtime
from service.statistics import days_between
from verifiers.durations import quantile

_READ: Final = (
    CountedBy.STATUS,
    CountedBy.TIME_TO_LOOK,
    CountedBy.TIME_TO_CLOSE,
    CountedBy.AUTOMATIC_LINK,
)


@dataclass(frozen=True, slots=True)
class Times:
    """Within how many hours half and nine tenths of so many reports were done; None of none."""

    count: int
    median_hours: float | None
    ninetieth_hours: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of those that people have judged were right; no share where nobody judged."""

    right: int
    judged: int

    @property
    def share(self) -> float | None:
        """Return the part that was right, 0 to 1."""
        return self.right / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class WorkFigures:
    """The work on reports received on these days, as far as it was done.

    `confirmed` is of reports closed as confirmed or dismissed; `automatic_links` of reports that
    were linked automatically and judged by people (`service/link_verdicts.py`).
    """

    first_day: date
    last_day: date
    time_to_look: Times
    time_to_close: Times
    confirmed: Share
    automatic_links: Share


async def count_work(
    runtime: Runtime, first_day: date | None = None, last_day: date | None = None
) -> WorkFigures:
    """Return the figures of days of receipt, else of the last 90; raises InvalidError."""
    days = days_between(runtime, first_day, last_day)
    async with reading(runtime.engine) as session:
        found = await find_counts_of_all(session, _READ, *days)
    links, statuses = found[CountedBy.AUTOMATIC_LINK], found[CountedBy.STATUS]
    return WorkFigures(
        *days,
        time_to_look=_times(found[CountedBy.TIME_TO_LOOK]),
        time_to_close=_times(found[CountedBy.TIME_TO_CLOSE]),
        confirmed=_share(statuses, ReportStatus.CONFIRMED, ReportStatus.DISMISSED),
        automatic_links=_share(links, LinkVerdict.STOOD, LinkVerdict.FELL),
    )


def _times(counts: Mapping[str, int]) -> Times:
    by_step = {int(step): count for step, count in counts.items()}
    half, most = (_hours(quantile(by_step, share)) for share in (0.5, 0.9))
    return Times(sum(by_step.values()), half, most)


def _hours(minutes: int | None) -> float | None:
    return None if minutes is None else round(minutes / 60, 1)


def _share(counts: Mapping[str, int], right: str, wrong: str) -> Share:
    is_right = counts.get(right, 0)
    return Share(is_right, is_right + counts.get(wrong, 0))
