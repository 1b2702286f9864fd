"""A flood of checks is turned away at once and honestly (row 16 of the threat list)."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from starlette.types import Message, Receive, Scope, Send

from api import load_shedding
from domain.callers import Role
from service.recorders import Recorder
from tests.services import Door

CHECK: Final = "/v1/verifications"


@contextmanager
def recorder_held(monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.Event]:
    """Let every check wait for its record until the event is set."""
    release = asyncio.Event()
    record = Recorder.record

    async def held(self: Recorder, *rows: Any) -> None:  # noqa: ANN401 - whatever it takes
        await release.wait()
        await record(self, *rows)

    monkeypatch.setattr(Recorder, "record", held)
    try:
        yield release
    finally:
        release.set()


async def test_what_would_only_wait_is_told_to_come_again(  # row 16
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, code = door.service, door.code()
    with recorder_held(monkeypatch) as release:
        waiting = [
            asyncio.create_task(service.call("POST", CHECK, {"visit_code": code}))
            for _ in range(load_shedding.MOST_CHECKS)
        ]
        await asyncio.sleep(0.1)
        shed = await service.call("POST", CHECK, {"visit_code": code})
        assert (shed.status_code, shed.json()["code"]) == (503, "overloaded")
        assert shed.headers["retry-after"] == "1"
        assert shed.headers["x-request-id"] == shed.json()["request_id"]
        typed = {"kind": "visit_code", "visit_code": code}
        for page in (
            await service.call("GET", urlsplit(code).path),
            await service.call("POST", "/check", data=typed),
        ):
            assert (page.status_code, page.headers["retry-after"]) == (503, "1")
            assert service.runtime.hotline in page.text
        # Everything else goes on.
        for path in ("/healthz", "/readyz", "/", "/v1/agencies"):
            assert (await service.call("GET", path)).status_code == 200
        assert (await service.call("GET", "/v1/visits", role=Role.DISPATCHER)).status_code == 200
        release.set()
        assert {one.status_code for one in await asyncio.gather(*waiting)} == {200}
    assert (await door.scan())["reason"] == "authorised"


async def test_who_sends_slowly_keeps_nobody_out(door: Door) -> None:  # row 16
    release = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b'{"visit_code": '
        await release.wait()
        yield b'"x"}'

    headers = {"Content-Type": "application/json"}
    slow = [
        asyncio.create_task(door.service.client.post(CHECK, content=slowly(), headers=headers))
        for _ in range(load_shedding.MOST_CHECKS + 10)
    ]
    await asyncio.sleep(0.05)
    assert (await door.scan())["reason"] == "authorised"
    release.set()
    assert {one.status_code for one in await asyncio.gather(*slow)} <= {200, 503}


async def test_a_bounded_number_of_photos_is_taken_at_once(door: Door) -> None:  # row 16
    release = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"--cut\r\n"
        await release.wait()
        yield b"--cut--\r\n"

    path, headers = f"{CHECK}/image", {"Content-Type": "multipart/form-data; boundary=cut"}
    uploads = [
        asyncio.create_task(door.service.client.post(path, content=slowly(), headers=headers))
        for _ in range(load_shedding.MOST_PHOTOS)
    ]
    await asyncio.sleep(0.05)
    shed = await door.service.client.post(path, content=b"", headers=headers)
    assert (shed.status_code, json.loads(shed.content)["code"]) == (503, "overloaded")
    assert (await door.scan())["reason"] == "authorised"
    release.set()
    assert {one.status_code for one in await asyncio.gather(*uploads)} == {422}


async def test_refusals_leave_room_for_what_was_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 16: a hundred refusals at once must not come before the next turn of a commit."""
    monkeypatch.setattr(load_shedding, "MOST_CHECKS", 1)
    let_in, refused = asyncio.Event(), 0

    async def application(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await let_in.wait()

    async def refuse(_scope: Scope, _receive: Receive, _send: Send) -> None:
        nonlocal refused
        refused += 1

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(_message: Message) -> None:
        raise AssertionError

    shedding = load_shedding.LoadShedding(application, for_reader=lambda *_: refuse)  # type: ignore[arg-type] # an answer that counts
    scope = {"type": "http", "method": "GET", "path": "/v/1", "headers": []}
    calls = [asyncio.create_task(shedding(dict(scope), receive, send)) for _ in range(101)]
    calls[50].cancel()
    turns = []
    while refused < 99:
        before = refused
        await asyncio.sleep(0)
        turns.append(refused - before)
    assert max(turns) <= 2 * load_shedding.MOST_REFUSED
    let_in.set()
    await asyncio.gather(*calls, return_exceptions=True)
    assert refused == 99
