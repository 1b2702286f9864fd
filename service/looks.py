"""What came in since an analyst last looked: a moment for each, kept where all replicas see it."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from db.looks import QueueLook, find_look
from db.units_of_work import reading, writing
from domain.callers import Caller
from service.runtime import Runtime


async def last_look(runtime: Runtime, caller: Caller) -> datetime | None:
    """Return up to when the caller has seen the queue, or None for never."""
    async with reading(runtime.engine) as session:
        return await find_look(session, caller.subject)


async def look(runtime: Runtime, caller: Caller, until: datetime | None = None) -> datetime:
    """Remember that the caller has seen what came in until a moment (now, and no later)."""
    now = runtime.clock()
    moment = now if until is None else min(now, until)
    async with writing(runtime.engine) as session:
        found = await session.get(QueueLook, caller.subject, with_for_update=True)
        if found is None:
            session.add(QueueLook(subject=caller.subject, looked_at=moment))
        else:
            moment = found.looked_at = max(found.looked_at, moment)
        # Whoever looked for the first time twice at once has looked.
        with suppress(IntegrityError):
            await session.commit()
    return moment
