"""How well reports are linked, and surges found, on simulated years that nothing was tuned on.

./run bench links          # our linker
./run bench splink_links   # the same year through splink, in an environment of its own
"""

import heapq
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Final

from benchmarks import pages
from benchmarks.link_store import MemoryStore
from benchmarks.pairs import pairwise
from service.linking import LOOK_AGAIN
from service.simulated_reports import SimulatedReport, Simulation, Wave, simulate
from service.simulated_visitors import Mixture
from verifiers import cells
from verifiers.indicators import Claims
from verifiers.risk import Place, distance
from verifiers.surges import BASELINE, GAP, is_surge_by_ears, judge
from verifiers.traits import Traits, read_traits

UNSEEN: Final = 202
"""Weights were fitted on seeds 1 and 2, `JOIN` and the like chosen on 11 and 12."""
REPORTS: Final = 50_000
UNTIL: Final = datetime(2026, 11, 1, tzinfo=UTC)
_WAVE_METRES: Final = 15_000  # a coarse cell's edge and a half: alarms so near are about the wave
_MONTH: Final = 30.4


def traits_of(one: SimulatedReport) -> Traits:
    """Return what the linker sees of a simulated report."""
    draft, place = one.draft, None
    if draft.place is not None and draft.place.latitude and draft.place.longitude:
        place = Place(draft.place.latitude, draft.place.longitude)
    claims = Claims(**draft.claimed.model_dump(), payee=draft.payee, url=draft.url)
    asked = frozenset(draft.asked_for)
    return read_traits(
        one.report_id, draft.occurred_at, place, claims, draft.description, asked, "TW"
    )


def link_all(reports: Iterable[SimulatedReport]) -> MemoryStore:
    """Link reports one by one as they come in, and again when they are due."""
    store = MemoryStore()
    due: list[tuple[float, int, str]] = []

    def look_again(until: float) -> None:
        while due and due[0][0] <= until:
            at, look, report_id = heapq.heappop(due)
            if report_id in store.case_of:
                continue
            now = max(min(at, until), store.traits[report_id].at)
            store.link(store.traits[report_id], now, is_last=look == len(LOOK_AGAIN))
            if report_id not in store.case_of and look < len(LOOK_AGAIN):
                later = at + LOOK_AGAIN[look].total_seconds()
                heapq.heappush(due, (later, look + 1, report_id))

    for one in reports:
        received = one.received_at.timestamp()
        look_again(received)
        store.link(traits_of(one), received)
        if one.report_id not in store.case_of:
            heapq.heappush(due, (received + LOOK_AGAIN[0].total_seconds(), 1, one.report_id))
    look_again(float("inf"))
    return store


def measure(name: str, simulation: Simulation) -> list[str]:
    """Return a row of the table."""
    started = perf_counter()
    store = link_all(simulation.reports)
    each = (perf_counter() - started) / len(simulation.reports) * 1000
    truth = {one.report_id: one.entity for one in simulation.reports}
    precision, recall = pairwise(store.case_of, truth)
    rings = {one: entity for one, entity in truth.items() if entity.startswith(("ring", "wave"))}
    joined = sum(one in store.case_of for one in rings) / len(rings)
    return [name, f"{precision:.3f}", f"{recall:.3f}", f"{joined:.0%}", f"{each:.1f}"]


def surges(
    simulation: Simulation, is_surge: Callable[[Sequence[int]], bool]
) -> tuple[list[int], int, float]:
    """Return delays in days, waves that were missed, and false alarms a month in all areas."""
    counts: defaultdict[str, Counter[date]] = defaultdict(Counter)
    for one in simulation.reports:
        place = one.draft.place
        if place is not None and place.latitude and place.longitude:
            where = cells.cell_of(Place(place.latitude, place.longitude), cells.COARSE)
            counts[where][one.received_at.date()] += 1
    alarms = [
        (area, day)
        for area, days in counts.items()
        for day in days
        if is_surge([days[one] for one in _before(day)])
    ]
    delays, explained = [], set()
    for wave in simulation.waves:
        mine = [one for one in alarms if _is_about(*one, wave)]
        explained.update(mine)
        if mine:
            delays.append((min(day for _, day in mine) - wave.first_day.date()).days)
    months = 365 / _MONTH
    return delays, len(simulation.waves) - len(delays), (len(alarms) - len(explained)) / months


def _before(day: date) -> Iterator[date]:
    return (day - timedelta(days=ago) for ago in range(BASELINE + GAP, -1, -1))


def _is_about(area: str, day: date, wave: Wave) -> bool:
    # Reports of a wave still come in for some days after it.
    if not wave.first_day.date() <= day <= wave.last_day.date() + timedelta(days=3):
        return False
    return distance(cells.centre_of(area), Place(wave.latitude, wave.longitude)) <= _WAVE_METRES


def main() -> None:
    """Measure on the unseen seed, and write the tables."""
    how_many = int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS
    usual = simulate(UNSEEN, how_many, UNTIL)
    fuller = simulate(UNSEEN, how_many, UNTIL, Mixture(told=1.5))
    head = [
        f"{how_many:,} reports",
        "precision",
        "recall",
        "of rings' reports in a case",
        "ms each",
    ]
    rows = [measure("as told", usual), measure("each fact told half as often again", fuller)]
    if how_many == REPORTS:
        pages.write("links", pages.table(head, rows))
    else:
        print(pages.table(head, rows))  # noqa: T201 - its output
    lines = []
    methods: dict[str, Callable[[Sequence[int]], bool]] = {
        "exact Poisson": lambda days: judge(days).is_surge,
        "EARS C2": is_surge_by_ears,
    }
    for name, is_surge in methods.items():
        delays, missed, false = surges(usual, is_surge)
        middle = sorted(delays)[len(delays) // 2] if delays else -1
        mean = sum(delays) / max(len(delays), 1)
        lines.append(
            [
                name,
                f"{len(delays)} of {len(delays) + missed}",
                f"{middle}",
                f"{mean:.1f}",
                f"{false:.1f}",
            ]
        )
    head = ["method", "waves found", "median days", "mean days", "false alarms a month"]
    if how_many == REPORTS:
        pages.write("surges", pages.table(head, lines))
    else:
        print(pages.table(head, lines))  # noqa: T201 - its output


if __name__ == "__main__":
    main()
