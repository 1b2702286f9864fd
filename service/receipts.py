"""What a browser asked for in the last 15 minutes, shown to it and to nobody else."""

from datetime import timedelta
from typing import Final

from db.units_of_work import reading, writing
from db.verifications import find_by_receipt, find_proven
from service.answers import Answer, Asker, Kept, open_kept, tell_visitor
from service.askers import find_receipt, is_receipt, new_receipt
from service.runtime import Runtime
from service.verifications import check_again

LIFETIME: Final = timedelta(minutes=15)
__all__ = ["LIFETIME", "answers_of", "complete", "is_receipt", "kept_of", "new_receipt"]


async def answers_of(runtime: Runtime, receipt: str) -> list[Answer]:
    """Return this browser's answers, last first; the visitor's screen hears that it saw them."""
    now = runtime.clock()
    shown = []
    async with writing(runtime.engine) as session:
        rows = await find_by_receipt(session, find_receipt(runtime, receipt), now - LIFETIME)
        for row in rows:
            kept = open_kept(runtime.seal, row.id, row.answer_sealed or b"")
            shown.append((row.visit_id, kept, row.shown_at is None))
            row.shown_at = row.shown_at or now
        await session.commit()
    for visit_id, kept, is_new in reversed(shown):
        if is_new:
            tell_visitor(runtime, kept.answer, visit_id, kept.staff_id)
    return [kept.answer for _, kept, _ in shown]


async def kept_of(runtime: Runtime, receipt: str, answer_id: str) -> Kept | None:
    """Return one of this browser's answers and what it was asked, or None; nobody hears of it."""
    since = runtime.clock() - LIFETIME
    async with reading(runtime.engine) as session:
        rows = await find_by_receipt(session, find_receipt(runtime, receipt), since)
    row = next((one for one in rows if one.id == answer_id), None)
    if row is None:
        return None
    return open_kept(runtime.seal, row.id, row.answer_sealed or b"")


async def complete(runtime: Runtime, asker: Asker) -> Answer | None:
    """Check this browser's last proven code again, with the notice code or place it now gives.

    None when the browser has proven none in the last 15 minutes.
    """
    if asker.receipt_hash is None:
        return None
    async with reading(runtime.engine) as session:
        ref = await find_proven(session, asker.receipt_hash, runtime.clock() - LIFETIME)
    return None if ref is None else await check_again(runtime, ref, asker)
