"""Work that goes on beside the requests for as long as a service is open."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager


@asynccontextmanager
async def alongside(*works: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Do these works while the block runs; at its end they are cancelled and waited for."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
