"""The fraud team's open screens: what they are told live."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from service.events import TEAM, TeamNews
from service.runtime import Runtime

LIFETIME: Final = 3600
"""Seconds after which a screen has to ask anew, so that a login that ended hears no more."""


async def watch(runtime: Runtime, lifetime: float = LIFETIME) -> AsyncIterator[TeamNews]:
    """Yield what the team hears of from now on, for some seconds or until a stop."""
    clock = asyncio.get_running_loop().time
    ends = clock() + lifetime
    with runtime.news.listening(TEAM) as news:
        while (left := ends - clock()) > 0:
            try:
                async with asyncio.timeout(left):
                    heard = await news.get()
            except TimeoutError:
                return
            if runtime.news.has_ended:
                return
            yield heard
