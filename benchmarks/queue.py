"""What the fraud team's work costs beside many stored reports on PostgreSQL: linking a new one.

./run bench queue                 # 10,000 and 200,000 stored reports
./run bench queue --large         # 10,000 and 1,000,000
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks import pages
from benchmarks.doors import drop_database, fresh_database
from cli.services import collect_rarely
from db.cases import PLACE, CaseProfile, FraudCase, LinkedReport, LinkKey
from db.reports import Report, ReportEvent
from db.schema import upgrade
from domain.states import Language
from service import linking
from service.linked_traits import traits_of, write_traits
from service.profiles import write_profile
from service.report_rows import make_report
from service.runtime import Runtime
from service.simulated_reports import SimulatedReport, simulate
from service.simulations import SIMULATOR
from tests.services import running
from verifiers import scores
from verifiers.profiles import REMEMBERED, profile_of
from verifiers.traits import Traits

_SMALL: Final = 10_000
_USUAL: Final = 200_000
_LARGE: Final = 1_000_000
_NEW: Final = 430
_WARM: Final = 30
_BATCH: Final = 2_000
_UNTIL: Final = datetime(2026, 11, 24, 4, tzinfo=UTC)


async def load(runtime: Runtime, reports: Sequence[SimulatedReport]) -> None:
    """Store reports as if they had been linked to whom they are about: truth makes the cases."""
    members = Counter(one.entity for one in reports)
    sizes = {entity: size for entity, size in members.items() if size > 1}
    await _open_cases(runtime, reports, sizes)
    told: dict[str, list[Traits]] = {entity: [] for entity in sizes}
    for first in range(0, len(reports), _BATCH):
        batch = reports[first : first + _BATCH]
        rows = [_row(runtime, one) for one in batch]
        traits = [traits_of(one, runtime.country) for one in rows]
        for made, one in zip(batch, traits, strict=True):
            if made.entity in told:
                told[made.entity].append(one)
        linked = [
            LinkedReport(
                report_id=row.id,
                case_id=made.entity if made.entity in sizes else None,
                **row.model_dump(include=set(PLACE)),
                occurred_at=row.occurred_at,
                received_at=row.received_at,
                score=0,
                signals=list(scores.size_signals(sizes.get(made.entity, 1))),
                traits=write_traits(one),
            )
            for made, row, one in zip(batch, rows, traits, strict=True)
        ]
        keys = [
            {"report_id": one.report_id, "kind": kind, "value": value, "at": row.occurred_at}
            for row, one in zip(rows, traits, strict=True)
            for kind, value in dict.fromkeys(one.found_by())
        ]
        async with runtime.engine.begin() as connection:
            await connection.execute(insert(Report), [one.model_dump() for one in rows])
            await connection.execute(insert(LinkedReport), [one.model_dump() for one in linked])
            await connection.execute(insert(LinkKey), keys)
    await _keep_profiles(runtime, told)


async def _keep_profiles(runtime: Runtime, told: Mapping[str, Sequence[Traits]]) -> None:
    entities = list(told)
    for first in range(0, len(entities), _BATCH):
        rows = []
        for entity in entities[first : first + _BATCH]:
            latest = sorted(told[entity], key=lambda one: one.at)[-REMEMBERED:]
            kept = write_profile(profile_of(latest, len(told[entity])))
            rows.append({"case_id": entity, "profile": kept})
        async with runtime.engine.begin() as connection:
            await connection.execute(insert(CaseProfile), rows)


async def _open_cases(
    runtime: Runtime, reports: Sequence[SimulatedReport], sizes: Mapping[str, int]
) -> None:
    visits: dict[str, list[datetime]] = {}
    for one in reports:
        if one.entity in sizes:
            visits.setdefault(one.entity, []).append(one.draft.occurred_at)
    rows = [
        FraudCase(
            id=entity,
            opened_at=_UNTIL,
            updated_at=_UNTIL,
            first_at=min(times),
            last_at=max(times),
            report_count=len(times),
            score=0,
            signals=[],
            is_open=True,
        ).model_dump()
        for entity, times in visits.items()
    ]
    async with runtime.engine.begin() as connection:
        await connection.execute(insert(FraudCase), rows)


async def time_linking(runtime: Runtime, reports: Sequence[SimulatedReport]) -> list[float]:
    """Link new reports one by one and return the milliseconds of each."""
    spent = []
    for one in reports:
        row = _row(runtime, one)
        async with runtime.engine.begin() as connection:
            await connection.execute(insert(Report), [row.model_dump()])
            event = {"report_id": row.id, "at": row.received_at, "actor": SIMULATOR}
            await connection.execute(
                insert(ReportEvent), [{**event, "kind": "received", "text": ""}]
            )
            await connection.execute(
                text("INSERT INTO link_task (report_id, due_at, look) VALUES (:id, :at, 0)"),
                {"id": row.id, "at": _UNTIL},
            )
        started = time.perf_counter()
        if await linking.link_due(runtime) != 1:
            sys.exit("a report was not linked: nothing was measured")
        spent.append((time.perf_counter() - started) * 1000)
    return spent


def _row(runtime: Runtime, one: SimulatedReport) -> Report:
    code = runtime.seal.find(one.report_id, "report.simulated")
    language = Language.TRADITIONAL
    return make_report(runtime, one.draft, code, language, one.received_at, one.report_id)


async def _analyse(engine: AsyncEngine) -> None:
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text("VACUUM ANALYZE"))


@asynccontextmanager
async def filled(stored: int) -> AsyncIterator[tuple[Runtime, Sequence[SimulatedReport]]]:
    """Store so many reports in a database of their own, and yield new ones of the same year."""
    with tempfile.TemporaryDirectory() as folder:
        url = await asyncio.to_thread(fresh_database, "postgresql", Path(folder))
        try:
            await upgrade(url)
            async with running(url, Path(folder)) as service:
                # A year each: the more reports, the more of them on every street and day.
                made = simulate(7, stored + _NEW, _UNTIL - timedelta(hours=1)).reports
                await load(service.runtime, made[:stored])
                await _analyse(service.runtime.engine)
                yield service.runtime, made[stored:]
        finally:
            await asyncio.to_thread(drop_database, url)


async def measure(sizes: Sequence[int]) -> list[list[float]]:
    """Return the milliseconds of each new report beside so many; the sizes take turns."""
    spent: list[list[float]] = [[] for _ in sizes]
    async with AsyncExitStack() as stack:
        services = [await stack.enter_async_context(filled(size)) for size in sizes]
        collect_rarely()  # as a service does when it starts
        for number in range(_NEW):
            for (runtime, new), times in zip(services, spent, strict=True):
                times.extend(await time_linking(runtime, new[number : number + 1]))
    return [times[_WARM:] for times in spent]


def main() -> None:
    """Measure beside few and many reports, and write the table."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # not on this screen
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    sizes = [_SMALL, *(numbers or [_LARGE if "--large" in sys.argv else _USUAL])]
    rows, first = [], 0.0
    for size, times in zip(sizes, asyncio.run(measure(sizes)), strict=True):
        spent = sorted(times)
        p50, p95 = spent[len(spent) // 2], spent[len(spent) * 95 // 100]
        first = first or p95
        rows.append([f"{size:,}", f"{p50:.0f}", f"{p95:.0f}", f"{p95 / first:.2f}"])
    head = ["stored reports", "link one, p50 ms", "p95 ms", "ratio"]
    pages.write("queue", pages.table(head, rows))


if __name__ == "__main__":
    main()
