"""A request head without an end costs its sender the connection, and nobody else anything."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import uvicorn
from starlette.types import Receive, Scope, Send

from api import request_heads
from api.request_heads import MOST_BYTES, BoundedHeads

GET = b"GET / HTTP/1.1\r\nhost: x\r\n"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def app(_scope: Scope, receive: Receive, send: Send) -> None:
    """Answer once the body is there."""
    while (await receive()).get("more_body"):
        pass
    length = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest_asyncio.fixture
async def connection() -> AsyncIterator[Connection]:
    config = uvicorn.Config(app, port=0, http=BoundedHeads, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - it has no event
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(20):
        yield reader, writer
    writer.close()
    server.should_exit = True
    await serving


async def answer_to(connection: Connection, *parts: bytes) -> bytes:
    """Send parts and return the first line of the answer."""
    reader, writer = connection
    for part in parts:
        writer.write(part)
        await writer.drain()
    return await reader.readline()


@pytest.mark.parametrize("head", [b"x: " + b"a" * MOST_BYTES, b"x: a\r\n" * (MOST_BYTES // 6)])
async def test_a_head_too_long_is_refused(connection: Connection, head: bytes) -> None:  # row 16
    said = await answer_to(connection, GET + head)
    assert said.startswith(b"HTTP/1.1 431")
    assert (await connection[0].read()).endswith(b"\r\n\r\n")  # and the connection is closed


async def test_a_head_too_slow_is_refused(  # row 16
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_heads, "MOST_SECONDS", 0.2)
    body = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n"
    assert b"200" in await answer_to(connection, body, b"a", b"b")
    await connection[0].readuntil(b"ok")
    said = await answer_to(connection, GET, b"x: a\r\n")
    assert said.startswith(b"HTTP/1.1 408")


async def test_a_body_takes_its_own_time_and_size(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_heads, "MOST_SECONDS", 0.2)
    size = 3 * MOST_BYTES
    head = GET.replace(b"GET", b"POST") + f"content-length: {size}\r\n\r\n".encode()
    reader, writer = connection
    for _ in range(2):
        writer.write(head + b"a" * (size // 2))
        await writer.drain()
        await asyncio.sleep(0.4)  # twice what a head may take
        assert b"200" in await answer_to(connection, b"a" * (size // 2))
        await reader.readuntil(b"ok")
