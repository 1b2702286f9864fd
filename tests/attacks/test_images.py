"""Hostile pictures in place of a photographed code (rows 16 and 18 of the threat list)."""

import asyncio
import io
import os
import signal
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx
import pytest
from PIL import Image

from service import image_decoder
from tests.e2e.cli.test_serving import DEMO, serving
from tests.e2e.http.test_code_photos import answer, send
from tests.photographs import encode, screen
from tests.services import Door, Service


def png(width: int, height: int, pixels: bytes) -> bytes:
    """Return a PNG that says it has this size, whatever its pixels are."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(pixels, 9))
        + chunk(b"IEND", b"")
    )


def animated_gif() -> bytes:
    frames = [Image.new("P", (200, 200), colour) for colour in range(3)]
    written = io.BytesIO()
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
    return written.getvalue()


HOSTILE: Final[dict[str, tuple[Callable[[], bytes], int, str]]] = {
    "over 25 megapixels": (lambda: png(5001, 5000, bytes(5002 * 5000)), 422, "unreadable_image"),
    "50k x 50k": (lambda: png(50_000, 50_000, bytes(9_000_000)), 422, "unreadable_image"),
    "animated GIF": (animated_gif, 422, "unreadable_image"),
    "cut JPEG": (lambda: encode(screen("x"))[:3000], 422, "unreadable_image"),
    "SVG": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422, "unreadable_image"),
    "nothing": (lambda: b"", 422, "unreadable_image"),
    "script": (lambda: b"GIF89a/*" + bytes(90) + b"*/=1;alert(1)", 422, "unreadable_image"),
    "over 10 MB": (lambda: bytes(10_000_001), 413, "too_large"),
    "11 MB": (lambda: bytes(11_000_000), 413, "too_large"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_picture_is_a_clear_refusal(service: Service, name: str) -> None:  # row 18
    make, status, code = HOSTILE[name]
    refused = await send(service, make())
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    page = await send(service, make(), "/check/photo")
    assert page.status_code == status
    assert "text/html" in page.headers["content-type"]


async def test_exactly_25_megapixels_are_looked_at(service: Service) -> None:  # row 18
    refused = await send(service, png(5000, 5000, bytes(5001 * 5000)))
    assert (refused.status_code, refused.json()["code"]) == (422, "no_qr")


def children() -> Iterator[int]:
    """Yield the process ids of the decoders that this process started."""
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):
            for found in (task / "children").read_text().split():
                if b"image_process" in Path(f"/proc/{found}/cmdline").read_bytes():
                    yield int(found)


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_decoder_that_dies_or_hangs_costs_its_own_request_only(  # row 18
    door: Door, monkeypatch: pytest.MonkeyPatch, fate: signal.Signals
) -> None:
    monkeypatch.setattr(image_decoder, "CODE_SECONDS", 0.5)
    picture = encode(screen(door.code()))
    failing = asyncio.create_task(send(door.service, picture))
    while (found := next(children(), None)) is None:
        assert not failing.done()
        await asyncio.sleep(0.002)
    os.kill(found, fate)
    refused = await failing
    assert (refused.status_code, refused.json()["code"]) == (422, "unreadable_image")
    assert list(children()) == []  # and is not left behind
    monkeypatch.undo()
    assert (await answer(door.service, picture))["reason"] == "authorised"


async def test_a_decoder_that_was_taken_over_decides_nothing(  # row 18
    door: Door, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    picture = encode(screen(door.code()))
    for written in (b"\xff\xff\xff\xff", b"\0\0\0\x02{}", b"\0\0\0\x05[[1]]", b"\0\0\0\x02"):
        script = tmp_path / "python"
        text = "".join(f"\\{byte:03o}" for byte in written)
        script.write_text(f"#!/bin/sh\nprintf '{text}'\n")
        script.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(script))
        refused = await send(door.service, picture)
        assert (refused.status_code, refused.json()["code"]) == (422, "unreadable_image")


async def test_too_many_pictures_at_once_are_turned_away_honestly(  # row 16
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_decoder, "_MOST_WAITING", 2)
    picture = encode(screen(door.code()))
    sent = await asyncio.gather(*(send(door.service, picture) for _ in range(6)))
    assert sorted(one.status_code for one in sent) == [200, 200, 503, 503, 503, 503]
    for one in sent:
        if one.status_code == 503:
            assert one.json()["code"] == "overloaded"
            assert one.headers["retry-after"] == "1"
    assert (await answer(door.service, picture))["reason"] == "authorised"


def test_the_servers_memory_stays_flat(tmp_path: Path) -> None:  # rows 16, 18
    with serving(tmp_path, "serve", **DEMO) as server:

        def resident() -> int:
            status = Path(f"/proc/{server.process.pid}/status").read_text()
            return int(status.partition("VmRSS:")[2].split()[0]) // 1024  # MB

        def post(content: bytes) -> None:
            files = {"image": ("a.png", content, "image/png")}
            answered = httpx.post(f"{server.url}/v1/verifications/image", files=files, timeout=30)
            assert answered.status_code in {413, 422}

        post(b"x")  # what is loaded once is loaded
        before = resident()
        for make, _, _ in HOSTILE.values():
            post(make())
        post(png(5000, 5000, bytes(5001 * 5000)))
        assert resident() - before < 15
