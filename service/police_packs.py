"""What the police get of reports: a ZIP with a summary, the evidence, and a manifest of digests.

The manifest is in the format of sha256sum, so `sha256sum -c SHA256SUMS` checks a pack anywhere. Who
sent the report is not in it, nor what colleagues noted. It is made in an unnamed file, image by
image, so that no pack is ever in memory as a whole.
"""

import asyncio
import hashlib
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

from db.custody import EvidenceCustody, find_evidence_of
from db.duplicates import find_folded
from db.reports import Report, ReportEvidence, find_report
from db.units_of_work import reading, writing
from domain.callers import Caller
from domain.errors import InvalidError, NotFoundError
from domain.reports import CustodyKind, ReportEventKind
from domain.states import Language
from service.closings import make_event
from service.custody import read_copy, read_original
from service.police_summaries import Exhibit, Summary, write_summary
from service.report_views import read_detail
from service.runtime import Runtime

MANIFEST: Final = "SHA256SUMS"
SUMMARY: Final = "summary.pdf"
_CHUNK: Final = 256 * 1024
_SUFFIXES: Final = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG", "png"), (b"RIFF", "webp"))


@dataclass(frozen=True, slots=True)
class PackOrder:
    """In which language the summary is, and whether originals go along, for a reason."""

    language: Language
    reason: str | None = None
    originals: bool = False


async def pack_reports(
    runtime: Runtime, caller: Caller, report_ids: Sequence[str], order: PackOrder
) -> AsyncIterator[bytes]:
    """Return the pack of reports (at least one) and their duplicates, once it is on record.

    Raises NotFoundError, also when evidence was changed on disk, and InvalidError for originals
    without a reason.
    """
    if order.originals and order.reason is None:
        message = "say why the originals are needed"
        raise InvalidError(message)
    now = runtime.clock()
    async with reading(runtime.engine) as session:
        asked = [await find_report(session, one) for one in report_ids]
        reports = [two for one in asked for two in (one, *await find_folded(session, one.id))]
        details = [await read_detail(session, runtime, one) for one in reports]
        rows = await find_evidence_of(session, [one.id for one in reports])
    order_of = {one.id: at for at, one in enumerate(reports)}
    rows = sorted(rows, key=lambda row: (order_of[row.report_id], row.position))
    summary = Summary(tuple(details), caller.subject, now, runtime.time_zone, order.language)
    file = await asyncio.to_thread(_write, runtime, rows, summary, order)
    try:
        await _record(runtime, caller, asked, rows, order, now)
    except BaseException:
        file.close()
        raise
    return _read(file)


def _write(
    runtime: Runtime, rows: Sequence[ReportEvidence], summary: Summary, order: PackOrder
) -> BinaryIO:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed once it is sent
    try:
        with zipfile.ZipFile(file, "w") as archive:
            pack = _Pack(archive, summary.made_at.astimezone(summary.zone))
            exhibits = list(_exhibits(runtime, rows, pack, originals=order.originals))
            pack.add(SUMMARY, write_summary(summary, exhibits))
            pack.close()
    except BaseException:
        file.close()
        raise
    return file


def _exhibits(
    runtime: Runtime, rows: Sequence[ReportEvidence], pack: "_Pack", *, originals: bool
) -> Iterator[Exhibit]:
    for number, row in enumerate(rows, 1):
        copy = read_copy(runtime, row)
        if copy is None:
            raise _changed(row)
        name = f"{number:03}-{row.id}"
        path = f"evidence/{name}.webp"
        digest, original_path = pack.add(path, copy), None
        if originals and row.original_file is not None:
            original = read_original(runtime, row)
            if original is None:
                raise _changed(row)
            original_path = f"originals/{name}.{_suffix_of(original)}"
            pack.add(original_path, original)
        yield Exhibit(row.report_id, row.id, path, digest, original_path)


class _Pack:
    """An archive that writes down the digest of whatever is put into it."""

    def __init__(self, archive: zipfile.ZipFile, at: datetime) -> None:
        self._archive, self._at = archive, at.timetuple()[:6]
        self._lines: list[str] = []

    def add(self, path: str, content: bytes) -> str:
        """Put a file in and return its SHA-256 (hex)."""
        digest = hashlib.sha256(content).hexdigest()
        self._lines.append(f"{digest}  {path}\n")
        self._put(path, content)
        return digest

    def close(self) -> None:
        """Put the manifest in, as the last."""
        self._put(MANIFEST, "".join(self._lines).encode())

    def _put(self, path: str, content: bytes) -> None:
        entry = zipfile.ZipInfo(path, self._at)
        entry.external_attr = 0o644 << 16
        self._archive.writestr(entry, content)


async def _record(  # noqa: PLR0913, PLR0917 - each a part of what goes on record
    runtime: Runtime,
    caller: Caller,
    asked: Sequence[Report],
    rows: Sequence[ReportEvidence],
    order: PackOrder,
    now: datetime,
) -> None:
    kinds = [CustodyKind.EXPORTED]
    if order.originals:
        kinds.append(CustodyKind.ORIGINAL_EXPORTED)
    reason = order.reason or ""
    async with writing(runtime.engine) as session:
        session.add_all(
            EvidenceCustody(
                evidence_id=row.id, at=now, actor=caller.subject, kind=kind, text=reason
            )
            for row in rows
            for kind in kinds
        )
        what = "with originals" if order.originals else "without originals"
        text = f"{what}: {reason}" if reason else what
        session.add_all(make_event(one, now, caller, ReportEventKind.PACK, text) for one in asked)
        await session.commit()


async def _read(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        await asyncio.to_thread(file.seek, 0)
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk


def _suffix_of(original: bytes) -> str:
    return next((suffix for start, suffix in _SUFFIXES if original.startswith(start)), "bin")


def _changed(row: ReportEvidence) -> NotFoundError:
    return NotFoundError(f"evidence {row.id} cannot be opened: its file is missing or was changed")
