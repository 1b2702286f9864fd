"""Images that came with a report: a copy that people look at, and the sealed original.

The copy is encoded anew and harmless; the original is proof, so it lies as it came, sealed, with
its SHA-256 taken before anything else touched it.
"""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from db.custody import EvidenceCustody, find_stored_originals
from db.reports import Report, ReportEvidence, find_stored_evidence
from db.units_of_work import reading
from domain.errors import InvalidError, TooLargeError
from domain.reports import CustodyKind
from service.photo_files import LARGEST_BYTES, MEDIA_TYPE
from service.report_rows import evidence_context, original_context
from service.runtime import Runtime
from service.stored_files import StoredFiles
from verifiers import jose_gate

MOST_EVIDENCE: Final = 10
_ORPHANED: Final = timedelta(hours=1)  # longer than any commit takes, on any replica


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image on disk, not yet in the database; digests are SHA-256 in hex."""

    id: str
    copy_file: str
    original_file: str
    original_sha256: str
    original_bytes: int


def check_sizes(files: Sequence[BinaryIO]) -> None:
    """Raise InvalidError for more than 10 images and TooLargeError for more than 10 MB in one."""
    if len(files) > MOST_EVIDENCE:
        message = f"at most {MOST_EVIDENCE} images as evidence"
        raise InvalidError(message)
    for number, file in enumerate(files, 1):
        if file.seek(0, os.SEEK_END) > LARGEST_BYTES:
            message = f"evidence {number} has more than 10 MB"
            raise TooLargeError(message)


async def store(runtime: Runtime, files: Sequence[BinaryIO]) -> list[StoredImage]:
    """Have images scanned, decoded and sealed, copies and originals, all of them or none.

    Files stay pending until `settle`. Raises InvalidError, InfectedError and NotScannedError.
    """
    if runtime.antivirus is not None:
        await runtime.antivirus.scan(files)
    images = await runtime.decoder.decode(files)
    if not images:
        return []
    ids = [f"ev_{jose_gate.encode(runtime.randomness(16))}" for _ in images]
    sealed = [
        runtime.seal.seal(image, evidence_context(one))
        for one, image in zip(ids, images, strict=True)
    ]
    names = await asyncio.to_thread(runtime.evidence.write_pending, sealed)
    stored: list[StoredImage] = []
    try:
        # One at a time: ten originals of 10 MB are never in memory together.
        for one, name, file in zip(ids, names, files, strict=True):
            stored.append(await asyncio.to_thread(_store_original, runtime, one, name, file))
    except BaseException:
        await asyncio.to_thread(_forget, runtime, names, [one.original_file for one in stored])
        raise
    return stored


async def settle(runtime: Runtime, stored: Sequence[StoredImage]) -> None:
    """Let the files of committed rows stay for good."""
    if stored:
        await asyncio.to_thread(runtime.evidence.settle, [one.copy_file for one in stored])
    for one in stored:
        await asyncio.to_thread(runtime.originals.settle, [one.original_file])


async def forget(runtime: Runtime, stored: Sequence[StoredImage]) -> None:
    """Remove the files of rows that were refused."""
    if stored:
        names = [one.copy_file for one in stored]
        originals = [one.original_file for one in stored]
        await asyncio.to_thread(_forget, runtime, names, originals)


async def add_rows(
    session: AsyncSession, report: Report, stored: Sequence[StoredImage], now: datetime, actor: str
) -> None:
    """Add images to a report that is flushed, each with the beginning of its custody."""
    first = report.evidence_count
    report.evidence_count += len(stored)
    session.add_all(
        ReportEvidence(
            id=one.id,
            report_id=report.id,
            position=first + at,
            sha256=one.copy_file,
            media_type=MEDIA_TYPE,
            original_file=one.original_file,
            original_sha256=one.original_sha256,
            original_bytes=one.original_bytes,
        )
        for at, one in enumerate(stored)
    )
    await session.flush()
    session.add_all(
        EvidenceCustody(
            evidence_id=one.id,
            at=now,
            actor=actor,
            kind=CustodyKind.RECEIVED,
            text=f"sha256 {one.original_sha256}, {one.original_bytes} bytes",
        )
        for one in stored
    )


async def remove_orphans(runtime: Runtime) -> None:
    """Delete the files of reports that a crash cut off from their rows, coming in or going."""
    before = (runtime.clock() - _ORPHANED).timestamp()
    for folder, find_stored in (
        (runtime.evidence, find_stored_evidence),
        (runtime.originals, find_stored_originals),
    ):
        for names in await asyncio.to_thread(_pending, folder, before):
            async with reading(runtime.engine) as session:
                kept = await find_stored(session, names)
            await asyncio.to_thread(folder.remove, set(names) - set(kept))
            await asyncio.to_thread(folder.settle, names)


def _pending(folder: StoredFiles, before: float) -> list[list[str]]:
    return list(folder.pending_before(before))


def _store_original(runtime: Runtime, image_id: str, name: str, file: BinaryIO) -> StoredImage:
    file.seek(0)
    content = file.read()
    sealed = runtime.seal.seal(content, original_context(image_id))
    (stored,) = runtime.originals.write_pending([sealed])
    return StoredImage(image_id, name, stored, hashlib.sha256(content).hexdigest(), len(content))


def _forget(runtime: Runtime, copies: Sequence[str], originals: Sequence[str]) -> None:
    runtime.evidence.remove(copies)
    runtime.evidence.settle(copies)
    for name in originals:
        runtime.originals.remove([name])
        runtime.originals.settle([name])
