"""Indicators and cells of reports that came in before there were any, or under other rules."""

from collections.abc import AsyncIterator, Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from db.case_queries import lock_cases
from db.indicators import replace_indicators
from db.link_queries import copy_places
from db.reports import Report, count_reports, list_reports_after
from db.units_of_work import writing
from service.report_rows import locate, make_indicators

_BATCH = 500


async def count(engine: AsyncEngine) -> int:
    """Return how many reports there are."""
    return await count_reports(engine)


async def index(engine: AsyncEngine, country: str) -> AsyncIterator[int]:
    """Make indicators and cells of all reports anew; yields each short transaction's reports.

    `country` (ISO 3166-1 alpha-2) is where numbers and plates that do not say it are from.
    """
    last = ""
    while True:
        async with writing(engine) as session:
            reports: Sequence[Report] = await list_reports_after(session, last, _BATCH)
            for report in reports:
                locate(report)
            await session.flush()
            await lock_cases(session)
            await copy_places(session, [one.id for one in reports])
            made = [one for report in reports for one in make_indicators(report, country)]
            await replace_indicators(session, [one.id for one in reports], made)
            await session.commit()
        if not reports:
            return
        last = reports[-1].id
        yield len(reports)
