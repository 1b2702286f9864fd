"""Evidence is opened on record: the copy by who works on the report, the original for a reason."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from db.custody import EvidenceCustody, is_on_record
from db.reports import ReportEvidence, find_report
from db.units_of_work import reading, writing
from domain.callers import Caller
from domain.errors import NotFoundError
from domain.reports import CustodyKind, ReportEventKind
from service.closings import record
from service.report_rows import evidence_context, original_context
from service.runtime import Runtime

ORIGINAL_MEDIA_TYPE: Final = "application/octet-stream"
"""An original is proof and not for looking at: nothing of ours says that it is an image."""
_ONE_VIEW: Final = timedelta(hours=1)  # a page shows an image each time that it is opened


@dataclass(frozen=True, slots=True)
class OpenedEvidence:
    """An image's bytes."""

    content: bytes
    media_type: str


async def open_copy(
    runtime: Runtime, caller: Caller, report_id: str, evidence_id: str
) -> OpenedEvidence:
    """Return the harmless copy of an image; once an hour, who looks is put on record.

    Raises NotFoundError, also for a file changed on disk.
    """
    now = runtime.clock()
    async with reading(runtime.engine) as session:
        row = await session.get(ReportEvidence, evidence_id)
        kind, since = CustodyKind.VIEWED, now - _ONE_VIEW
        is_new = not await is_on_record(session, evidence_id, caller.subject, kind, since)
    content = None
    if row is not None and row.report_id == report_id:
        content = await asyncio.to_thread(read_copy, runtime, row)
    if row is None or content is None:
        raise _missing()
    if is_new:
        async with writing(runtime.engine) as session:
            session.add(
                EvidenceCustody(
                    evidence_id=row.id, at=now, actor=caller.subject, kind=kind, text=""
                )
            )
            await session.commit()
    return OpenedEvidence(content, row.media_type)


async def open_original(
    runtime: Runtime, caller: Caller, report_id: str, evidence_id: str, reason: str
) -> OpenedEvidence:
    """Return an image as it was sent, once caller and reason are on record.

    Raises NotFoundError, also for a file changed on disk and for evidence older than originals.
    """
    now = runtime.clock()
    async with reading(runtime.engine) as session:
        row = await session.get(ReportEvidence, evidence_id)
    content = None
    if row is not None and row.report_id == report_id:
        content = await asyncio.to_thread(read_original, runtime, row)
    if row is None or content is None:
        raise _missing()
    async with writing(runtime.engine) as session:
        report = await find_report(session, report_id, locked=True)
        session.add(
            EvidenceCustody(
                evidence_id=row.id,
                at=now,
                actor=caller.subject,
                kind=CustodyKind.ORIGINAL_OPENED,
                text=reason,
            )
        )
        kind = ReportEventKind.ORIGINAL_OPENED
        record(session, report, now, caller, kind, f"{evidence_id}: {reason}")
        await session.commit()
    return OpenedEvidence(content, ORIGINAL_MEDIA_TYPE)


def read_copy(runtime: Runtime, row: ReportEvidence) -> bytes | None:
    """Return the copy of an image, or None for a file changed on disk. Blocks."""
    sealed = runtime.evidence.read(row.sha256)
    return None if sealed is None else runtime.seal.unseal(sealed, evidence_context(row.id))


def read_original(runtime: Runtime, row: ReportEvidence) -> bytes | None:
    """Return an image as it was sent, or None when it cannot be. Blocks."""
    sealed = None if row.original_file is None else runtime.originals.read(row.original_file)
    return None if sealed is None else runtime.seal.unseal(sealed, original_context(row.id))


def _missing() -> NotFoundError:
    return NotFoundError("no such evidence")
