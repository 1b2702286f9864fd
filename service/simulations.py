"""Simulated reports in a demo's database, as if they had come in; never in production's."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from db.reports import Report, ReportEvent
from db.units_of_work import reading, writing
from domain.errors import ConflictError, ForbiddenError
from domain.reports import ReportEventKind
from domain.states import Language, Mode
from service import linking
from service.linking import add_task
from service.report_rows import make_indicators, make_report
from service.runtime import Runtime
from service.simulated_reports import SimulatedReport, Simulation, simulate
from service.simulated_visitors import Mixture

SIMULATOR = "simulator"
"""Who is on record as having sent these."""
_BATCH = 200
_PAUSE_SECONDS = 0.01  # other writers of the embedded database get their turn


async def make(
    runtime: Runtime,
    seed: int,
    how_many: int,
    mixture: Mixture = Mixture(),  # noqa: B008 - frozen
) -> Simulation:
    """Return a simulated year of reports that ended an hour ago, on the hour."""
    until = runtime.clock().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    return await asyncio.to_thread(simulate, seed, how_many, until, mixture)


async def write(runtime: Runtime, simulation: Simulation) -> AsyncIterator[int]:
    """Write reports in short transactions and yield how many each had; they are linked later.

    Raises ForbiddenError in production, and ConflictError for a seed that is there already.
    """
    if runtime.mode is not Mode.DEMO:
        message = "simulated reports are for a demo's database only"
        raise ForbiddenError(message)
    reports = simulation.reports
    async with reading(runtime.engine) as session:
        if await session.get(Report, reports[0].report_id) is not None:
            message = "reports of this seed are there already; take another"
            raise ConflictError(message)
    for first in range(0, len(reports), _BATCH):
        batch = reports[first : first + _BATCH]
        await _write(runtime, batch)
        yield len(batch)
        await asyncio.sleep(_PAUSE_SECONDS)


async def link_next(runtime: Runtime, most: int) -> int:
    """Link so many of the reports that are due; return how many there were."""
    return await linking.link_due(runtime, most)


async def _write(runtime: Runtime, batch: list[SimulatedReport]) -> None:
    rows = [_row(runtime, one) for one in batch]
    async with writing(runtime.engine) as session:
        session.add_all(rows)
        await session.flush()
        for row in rows:
            session.add_all(make_indicators(row, runtime.country))
            kind, at = ReportEventKind.RECEIVED, row.received_at
            session.add(ReportEvent(report_id=row.id, at=at, actor=SIMULATOR, kind=kind, text=""))
            add_task(session, row.id, at)
        await session.commit()


def _row(runtime: Runtime, one: SimulatedReport) -> Report:
    # Nobody is told the code, so nobody tracks it.
    code = runtime.seal.find(one.report_id, "report.simulated")
    language = one.draft.language or Language.TRADITIONAL
    # Who told late would tell after today: nothing has come in that is still to come.
    received_at = min(one.received_at, runtime.clock())
    return make_report(runtime, one.draft, code, language, received_at, one.report_id)
