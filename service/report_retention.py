"""Old reports go with their images: rows and files, never one that is held."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from db.report_removals import find_due, remove
from service.settings import Settings
from service.stored_files import StoredFiles


async def sweep(engine: AsyncEngine, settings: Settings, before: datetime) -> AsyncIterator[int]:
    """Delete reports that came before a moment and that nobody holds; yields rows by batches.

    The files of a batch are noted before its rows go, so that a crash between the two leaves none
    for good: the next start finds files without a row.
    """
    evidence = StoredFiles(settings.data_dir / "evidence")
    originals = StoredFiles(settings.data_dir / "originals")
    while (due := await find_due(engine, before)).report_ids:
        await asyncio.to_thread(_note, evidence, due.copies)
        await asyncio.to_thread(_note, originals, due.originals)
        gone = await remove(engine, due)
        await asyncio.to_thread(_end, evidence, due.copies, is_gone=gone > 0)
        await asyncio.to_thread(_end, originals, due.originals, is_gone=gone > 0)
        if gone == 0:  # one was put on hold just now: the rest waits for the next night
            return
        yield gone


def _note(folder: StoredFiles, names: Sequence[str]) -> None:
    if names:
        folder.note(names)


def _end(folder: StoredFiles, names: Sequence[str], *, is_gone: bool) -> None:
    if not names:
        return
    if is_gone:
        folder.remove(names)
    folder.settle(names)
