"""Old reports go with their images: rows and files, never one that is held."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from db.report_removals import count_due, find_due, remove
from db.units_of_work import writing
from domain.clock import system_clock
from domain.randomness import system_randomness
from service.case_news import tell_closed
from service.settings import Settings
from service.stored_files import StoredFiles
from service.webhooks import Teller

_TELLER: Final = Teller(system_clock, system_randomness)


async def count(engine: AsyncEngine, before: datetime) -> int:
    """Return how many reports `sweep` deletes."""
    return await count_due(engine, before)


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
        async with writing(engine) as session:
            removed = await remove(session, due)
            for case in removed.closed:
                await tell_closed(session, _TELLER, case)
            await session.commit()
        gone = removed.reports
        await asyncio.to_thread(_end, evidence, due.copies, is_gone=gone > 0)
        await asyncio.to_thread(_end, originals, due.originals, is_gone=gone > 0)
        if gone == 0:  # one was put on hold or repeated just now: the rest waits for the next night
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
