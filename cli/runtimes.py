"""How a command gets at what the use cases need, and in whose name it acts."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from domain.callers import Caller, Role
from domain.clock import system_clock
from domain.randomness import system_randomness
from service.opening import open_runtime
from service.runtime import Runtime
from service.settings import Settings

_HERE: Final = "http://127.0.0.1:8000"
Result = TypeVar("Result")


def run(work: Callable[[Runtime], Awaitable[Result]]) -> Result:
    """Open the runtime of the settings, do the work and return its result."""

    async def connected() -> Result:
        settings = Settings()
        async with open_runtime(settings, _HERE, system_clock, system_randomness) as runtime:
            return await work(runtime)

    return asyncio.run(connected())


def operator(role: Role) -> Caller:
    """Return who is on record for what a command does: the machine's own user."""
    return Caller(f"command line (uid {os.getuid()})", frozenset({role}))
