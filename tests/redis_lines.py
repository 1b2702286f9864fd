"""The Redis that replicas under test share, and a line to it that can be cut or fall silent."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import pytest

REDIS: Final = os.environ.get("MENSHEN_TEST_REDIS", "redis://127.0.0.1:6379")
"""Tests never meet there: what a deployment shares is named by its own data key."""


class Line:
    """A port that leads to Redis while nobody meddles with it."""

    def __init__(self) -> None:
        """Begin whole."""
        self.port = 0
        self._server: asyncio.Server | None = None
        self._flows = asyncio.Event()
        self._flows.set()
        self._ends: list[asyncio.StreamWriter] = []
        self._copying: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where a service finds Redis."""
        return f"redis://127.0.0.1:{self.port}"

    async def restore(self) -> None:
        """Lead to Redis again, at the same port."""
        self._flows.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._lead, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    def silence(self) -> None:
        """Accept and keep connections, and pass nothing on."""
        self._flows.clear()

    async def cut(self) -> None:
        """Refuse connections and end those that stand."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for end in self._ends:
            end.close()
        self._ends.clear()
        for task in self._copying:
            task.cancel()
        await asyncio.gather(*self._copying, return_exceptions=True)

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to = urlsplit(REDIS)
        far_reader, far_writer = await asyncio.open_connection(to.hostname, to.port or 6379)
        self._ends += [writer, far_writer]
        for source, target in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._copy(source, target))
            self._copying.add(task)
            task.add_done_callback(self._copying.discard)

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65_536):
                await self._flows.wait()
                target.write(data)
        except OSError:
            pass
        target.close()


@asynccontextmanager
async def line_to_redis() -> AsyncIterator[Line]:
    """Yield a whole line. Skips loudly without a server, but never in CI."""
    to = urlsplit(REDIS)
    try:
        _, probe = await asyncio.open_connection(to.hostname, to.port or 6379)
    except OSError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO REDIS, REPLICAS NOT TESTED: set MENSHEN_TEST_REDIS ({error})")
    probe.close()
    line = Line()
    await line.restore()
    try:
        yield line
    finally:
        await line.cut()
