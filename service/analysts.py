"""Analysts as this service knows them: whoever has been here lately; there is no directory."""

from contextlib import suppress
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from db.analysts import Analyst, find_analysts
from db.units_of_work import reading, writing
from domain.callers import Caller, Role
from domain.errors import UnknownColleagueError
from service.runtime import Runtime

LATELY: Final = timedelta(days=90)
_NOTED_FOR: Final = timedelta(days=1)


async def see(runtime: Runtime, caller: Caller) -> None:
    """Remember that an analyst is here; written once a day, for he is on every page."""
    now = runtime.clock()
    noted = runtime.analysts.get(caller.subject)
    if Role.FRAUD not in caller.roles or (noted is not None and now - noted < _NOTED_FOR):
        return
    async with writing(runtime.engine) as session:
        await session.merge(Analyst(subject=caller.subject, seen_at=now))
        # Whoever comes for the first time twice at once has come.
        with suppress(IntegrityError):
            await session.commit()
    runtime.analysts[caller.subject] = now


async def list_analysts(runtime: Runtime) -> list[str]:
    """Return to whom a report can be handed over."""
    async with reading(runtime.engine) as session:
        return list(await find_analysts(session, runtime.clock() - LATELY))


async def assert_analyst(session: AsyncSession, runtime: Runtime, subject: str) -> None:
    """Raise UnknownColleagueError for somebody with whom a report would sit unseen."""
    if subject not in await find_analysts(session, runtime.clock() - LATELY):
        raise UnknownColleagueError(subject)
