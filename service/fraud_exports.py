"""Reports for others: written in pages, on record before the first byte leaves.

A page is the list's own page, a transaction of its own, and as much as is ever in memory. In the
list's usual order, which no later change moves, a report comes at most once, as it is when its page
is read.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol
from uuid import UUID

from db.fraud_exports import FraudExport, count_exported, find_exports, find_oldest
from db.units_of_work import reading, writing
from domain.callers import Caller
from domain.exports import ExportFormat, Tlp
from service import csv_files, misp_events, stix_bundles
from service.cursors import read_cursor, write_cursor
from service.exported_reports import ExportedReport, Issue, redact
from service.report_lists import ReportFilters, ReportPage, list_reports
from service.report_views import ReportSummary
from service.runtime import Runtime
from verifiers import jose_gate

_PAGE: Final = 100  # reports; scans of this process wait while a page is read, so it is short


class Writer(Protocol):
    """A format: three texts that make one file; without the last it is recognisably cut off."""

    @property
    def MEDIA_TYPE(self) -> str:  # noqa: N802 - a module's constant
        """The file's media type."""

    @property
    def SUFFIX(self) -> str:  # noqa: N802 - as above
        """How the file's name ends."""

    def write_head(self, issue: Issue, /) -> str:
        """Return what stands before the first report."""
        ...

    def write_page(
        self, issue: Issue, reports: Sequence[ExportedReport], /, *, is_first: bool
    ) -> str:
        """Return some reports."""
        ...

    def write_tail(self, issue: Issue, reports: int, /) -> str:
        """Return what stands after the last report."""
        ...


WRITERS: Final[Mapping[ExportFormat, Writer]] = MappingProxyType(
    {
        ExportFormat.CSV: csv_files,
        ExportFormat.STIX: stix_bundles,
        ExportFormat.MISP: misp_events,
    }
)


@dataclass(frozen=True, slots=True)
class Export:
    """An export that is on record and about to be written."""

    id: str
    caller: Caller
    filters: ReportFilters
    issue: Issue
    writer: Writer
    first: ReportPage


@dataclass(frozen=True, slots=True)
class RecordedExport:
    """An export as it is on record; `reports` may have left, all that matched once it finished."""

    id: str
    started_at: datetime
    finished_at: datetime | None
    actor: str
    format: ExportFormat
    tlp: Tlp
    filters: Mapping[str, str]
    reports: int


@dataclass(frozen=True, slots=True)
class RecordedPage:
    """Some of them, the last first, and where to go on."""

    items: list[RecordedExport]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """The next bytes of the file, how many reports are out with them, and when the last came."""

    content: bytes
    reports: int
    reached: datetime | None = None


async def begin(
    runtime: Runtime, caller: Caller, filters: ReportFilters, kind: ExportFormat, tlp: Tlp
) -> Export:
    """Put an export on record and return it with its first page read.

    Raises InvalidError for an impossible filter.
    """
    first, now = await list_reports(runtime, filters, _PAGE, caller=caller), runtime.clock()
    export_id = f"ex_{jose_gate.encode(runtime.randomness(12))}"
    usual = asdict(ReportFilters())
    given = {name: str(value) for name, value in asdict(filters).items() if value != usual[name]}
    row = FraudExport(
        id=export_id,
        started_at=now,
        actor=caller.subject,
        format=kind,
        tlp=tlp,
        filters=given,
    )
    async with writing(runtime.engine) as session:
        session.add(row)
        await session.commit()

    def make_id(name: str) -> UUID:
        # Pseudo-random bits of a keyed hash, so a version 4: who does not know the key can neither
        # guess an id nor tell by it that exports of two levels speak of one report.
        return UUID(bytes=runtime.seal.find(name, f"export {tlp}")[:16], version=4)

    issue = Issue(tlp=tlp, at=now, source=runtime.public_url, make_id=make_id)
    return Export(export_id, caller, filters, issue, WRITERS[kind], first)


async def list_exports(
    runtime: Runtime, limit: int = 50, cursor: str | None = None
) -> RecordedPage:
    """Return who took what out, the last first; raises InvalidError for a foreign cursor."""
    after = None if cursor is None else read_cursor(cursor)
    async with reading(runtime.engine) as session:
        found = await find_exports(session, after, limit + 1)
    items = [
        RecordedExport(
            id=one.id,
            started_at=one.started_at,
            finished_at=one.finished_at,
            actor=one.actor,
            format=ExportFormat(one.format),
            tlp=Tlp(one.tlp),
            filters=one.filters,
            reports=one.reports,
        )
        for one in found[:limit]
    ]
    if len(found) <= limit:
        return RecordedPage(items, None)
    return RecordedPage(items, write_cursor(items[-1].started_at, items[-1].id))


async def oldest(runtime: Runtime) -> datetime | None:
    """Return when the first report of all came: an export comes nearer to it with each page."""
    async with reading(runtime.engine) as session:
        return await find_oldest(session)


async def write(runtime: Runtime, export: Export) -> AsyncIterator[Chunk]:
    """Yield the file; what has left is counted on record before it leaves."""
    issue, writer, done = export.issue, export.writer, 0
    yield Chunk(writer.write_head(issue).encode(), 0, issue.at)
    async for page in _pages(runtime, export):
        text = await asyncio.to_thread(_write_page, runtime, export, page, is_first=done == 0)
        done += len(page)
        async with writing(runtime.engine) as session:
            await count_exported(session, export.id, done)
            await session.commit()
        yield Chunk(text, done, page[-1].received_at)
    async with writing(runtime.engine) as session:
        await count_exported(session, export.id, done, runtime.clock())
        await session.commit()
    yield Chunk(writer.write_tail(issue, done).encode(), done)


async def _pages(runtime: Runtime, export: Export) -> AsyncIterator[Sequence[ReportSummary]]:
    page = export.first
    while page.items:
        yield page.items
        if page.next_cursor is None:
            return
        page = await list_reports(runtime, export.filters, _PAGE, page.next_cursor, export.caller)


def _write_page(
    runtime: Runtime, export: Export, page: Sequence[ReportSummary], *, is_first: bool
) -> bytes:
    tlp, zone, country = export.issue.tlp, runtime.time_zone, runtime.country
    reports = [redact(one, tlp, zone, country) for one in page]
    return export.writer.write_page(export.issue, reports, is_first=is_first).encode()
