"""Work that goes on beside the requests for as long as a service is open."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Final, NoReturn

import structlog

from service.faults import describe

_SHORTEST: Final = 1.0  # seconds before what failed for the first time begins again
_LONGEST: Final = 300.0  # each time twice as many, up to here
_SOUND: Final = 60.0  # seconds without a failure after which work is sound again
_LOG: Final = structlog.get_logger()

Works = Mapping[str, Callable[[], Coroutine[None, None, None]]]
"""Work by its name, which log and `/readyz` tell: it says nothing of what it is about."""


@asynccontextmanager
async def alongside(works: Works, failing: set[str]) -> AsyncIterator[None]:
    """Do these works while the block runs; at its end they are cancelled and waited for.

    What fails is logged and begun anew after a pause that grows; until it has gone on for a minute,
    its name is among the `failing`.
    """
    tasks = [asyncio.create_task(_go_on(name, works[name], failing)) for name in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _go_on(
    name: str, work: Callable[[], Coroutine[None, None, None]], failing: set[str]
) -> NoReturn:
    pause = _SHORTEST
    while True:
        sound = asyncio.get_running_loop().call_later(_SOUND, failing.discard, name)
        try:
            await work()
            message = "work ended that should not"
            raise RuntimeError(message)  # noqa: TRY301 - an end is a failure like others
        except Exception as error:  # noqa: BLE001 - unseen, it would be missed for weeks
            pause = min(2 * pause, _LONGEST) if name in failing else _SHORTEST
            failing.add(name)
            _LOG.error("work_failed", work=name, again_in=pause, **describe(error))
        finally:
            sound.cancel()
        await asyncio.sleep(pause)
