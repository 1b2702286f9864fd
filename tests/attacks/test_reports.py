"""Attacks by reports and their evidence (rows 17, 18 and 24 of the threat list)."""

import io
import os
import struct
import zlib
from typing import Final

import pytest
from PIL import Image

from domain.callers import Role
from service import image_decoder
from service.linking import link_due
from tests.reports import REPORT, files_of, image, queue, send
from tests.services import Door, Service

EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def png(width: int, height: int, pixels: bytes) -> bytes:
    """Return a PNG that says it has this size, whatever its pixels are."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def polyglot() -> bytes:
    """Return a GIF that is also a script."""
    written = io.BytesIO()
    Image.new("P", (0x2F2A % 300, 10)).save(written, "GIF")
    return written.getvalue() + b"*/=1;alert(1)//"


def gif_in_jpeg_name() -> bytes:
    return b"GIF89a/*" + b"\0" * 40 + b"*/=alert(1)"


BAD: Final = {
    "eicar": EICAR,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "gif-js": polyglot(),
    "gif-js-broken": gif_in_jpeg_name(),
    "pixel flood": png(50_000, 50_000, zlib.compress(b"\0" * 1000)),
    "26 megapixels": png(5_100, 5_100, zlib.compress(b"\0" * 1000)),
    "truncated jpeg": image()[:-2000],
    "truncated png": image("PNG")[:-2000],
    "empty": b"",
    "noise": os.urandom(5000),
    "html": b"<html><script>alert(1)</script>",
}


@pytest.mark.parametrize("kind", BAD)
async def test_bad_evidence_is_refused_and_leaves_nothing(  # row 18
    service: Service, kind: str
) -> None:
    refused = await send(service, image(), BAD[kind])
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert "evidence 2" in refused.json()["detail"]
    assert await queue(service) == []
    assert files_of(service) == []


async def test_a_bomb_behind_the_pixels_is_not_even_inflated(service: Service) -> None:  # row 18
    bomb = png(100, 100, zlib.compress(b"\0" * 100_000_000))
    assert (await send(service, bomb)).status_code == 201
    (name,) = files_of(service)
    assert (service.runtime.evidence.folder / name).stat().st_size < 1000


async def test_a_text_chunk_bomb_costs_little(service: Service) -> None:  # row 18
    bomb = zlib.compress(b"\0" * 200_000_000)
    chunk = b"zTXtx\0\0" + bomb
    data = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    sound = image("PNG")
    refused = await send(service, sound[:33] + data + sound[33:])
    assert refused.status_code == 422
    assert files_of(service) == []


async def test_evidence_loses_all_but_its_pixels(service: Service) -> None:  # row 18
    exif = Image.Exif()
    exif[0x010E] = "SECRET-DESCRIPTION"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (25.0, 2.0, 0.0)
    sent = image(exif=exif) + b"<script>SECRET-TAIL</script>"
    assert (await send(service, sent)).status_code == 201
    (report,) = await queue(service)
    detail = await service.call("GET", f"/v1/fraud/reports/{report['id']}", role=Role.FRAUD)
    (one,) = detail.json()["evidence"]
    path = f"/v1/fraud/reports/{report['id']}/evidence/{one['id']}"
    got = await service.call("GET", path, role=Role.FRAUD)
    assert got.headers["content-type"] == "image/webp"
    assert got.headers["content-disposition"] == f'attachment; filename="{one["id"]}.webp"'
    assert got.headers["x-content-type-options"] == "nosniff"
    assert not Image.open(io.BytesIO(got.content)).getexif()
    assert b"SECRET" not in got.content
    (name,) = files_of(service)
    stored = (service.runtime.evidence.folder / name).read_bytes()
    assert got.content not in stored  # sealed at rest
    (service.runtime.evidence.folder / name).write_bytes(stored[:-1] + bytes([stored[-1] ^ 1]))
    assert (await service.call("GET", path, role=Role.FRAUD)).status_code == 404


@pytest.mark.parametrize(
    ("limit", "value"),
    [("WALL_SECONDS", 0.0), ("_LARGEST_RESULT", 10)],
)
async def test_a_decoder_that_hangs_or_is_taken_over_costs_its_report_only(  # row 18
    service: Service, monkeypatch: pytest.MonkeyPatch, limit: str, value: float
) -> None:
    if limit == "_LARGEST_RESULT":
        monkeypatch.setattr(image_decoder, "WALL_SECONDS", 1.0)
    monkeypatch.setattr(image_decoder, limit, value)
    assert (await send(service, image())).status_code == 422
    assert files_of(service) == []
    monkeypatch.undo()
    assert (await send(service, image())).status_code == 201


async def test_the_decoder_knows_no_secret(  # row 18
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nonexistent")  # would stop it, if it were handed on
    assert (await send(service, image())).status_code == 201


async def test_fifty_reports_change_nothing_for_a_staff_member(door: Door) -> None:  # row 17
    service = door.service
    before = (await service.call("GET", "/v1/registry/staff/S-1", role=Role.REGISTRY)).json()
    for at in range(50):
        claimed = {"name": "林志明", "badge_number": "B-S-1"}
        sent = await service.call("POST", "/v1/reports", {**REPORT, "claimed": claimed})
        assert sent.status_code == 201, at
    after = (await service.call("GET", "/v1/registry/staff/S-1", role=Role.REGISTRY)).json()
    assert after == before
    assert (await door.scan())["reason"] == "authorised"
    found = await service.verify(badge_number="B-S-1", name="林志明")
    assert found["reason"] == "badge_on_record"
    (first,) = await queue(service, badge_number="B-S-1")  # the same words: folded, and counted
    assert first["duplicate_count"] == 49
    await link_due(service.runtime)
    listed = await service.call("GET", "/v1/fraud/cases", role=Role.FRAUD)
    (case,) = listed.json()["items"]
    assert case["report_count"] == 50
    after = (await service.call("GET", "/v1/registry/staff/S-1", role=Role.REGISTRY)).json()
    assert after == before


async def test_what_a_stranger_writes_is_inert_on_our_pages(service: Service) -> None:  # row 24
    form = {"description": "<script>alert(1)</script>", "date": "x", "time": '"><img src=x>'}
    shown = await service.call("POST", "/report", data=form, headers={"Accept-Language": "en"})
    assert shown.status_code == 422
    assert "<script>alert" not in shown.text
    assert "<img" not in shown.text
    assert "&lt;script&gt;alert(1)" in shown.text
