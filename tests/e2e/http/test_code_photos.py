"""A photo of the visitor's screen is answered as its code would be."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from api import body_limits
from domain.callers import Role
from tests.attacks.test_codes import is_uniform
from tests.photographs import FAULTS, encode, photograph, screen
from tests.services import FAR, HOME, Door, Service, open_door, running

IMAGE = "/v1/verifications/image"


async def send(
    service: Service,
    content: bytes,
    path: str = IMAGE,
    **fields: Any,  # noqa: ANN401 - form fields
) -> httpx.Response:
    """Send a picture as a client would."""
    files = {"image": ("photo.jpg", content, "image/jpeg")}
    headers = {"Accept-Language": "en"}
    return await service.call("POST", path, files=files, data=fields, headers=headers)


async def answer(
    service: Service,
    content: bytes,
    **fields: Any,  # noqa: ANN401 - form fields
) -> dict[str, Any]:
    """Send a picture that must be answered, and return the answer."""
    response = await send(service, content, **fields)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_photographed_screen_is_answered_as_its_code(door: Door, fault: str) -> None:
    photographed = await answer(door.service, photograph(door.code(), fault))
    assert (photographed["verdict"], photographed["reason"]) == ("genuine", "authorised")
    scanned = await door.scan(language="en")
    own = {"id", "match_number", "report_url", "visitor"}
    assert {name: photographed[name] for name in photographed.keys() - own} == {
        name: scanned[name] for name in scanned.keys() - own
    }
    hidden = {"photo_url": None}
    assert photographed["visitor"] | hidden == scanned["visitor"] | hidden


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_three_kinds_of_file_are_read(door: Door, kind: str) -> None:
    found = await answer(door.service, encode(screen(door.code()), kind))
    assert found["reason"] == "authorised"


async def test_the_fields_beside_it_mean_what_they_mean_beside_a_code(door: Door) -> None:
    picture = encode(screen(door.code()))
    notice = door.visit["notice"]["code"]
    own = await answer(door.service, picture, notice_code=notice, language="zh-Hant")
    assert own["reason"] == "authorised_for_you"
    told = await door.scan(notice_code=notice, language="zh-Hant")
    assert own["advice"] == told["advice"]
    assert own["advice"] != (await door.scan(notice_code=notice, language="en"))["advice"]
    assert (await answer(door.service, picture, **HOME))["reason"] == "authorised"
    assert (await answer(door.service, picture, **FAR))["reason"] == "seen_elsewhere"


@pytest.mark.parametrize(
    "fields", [{"latitude": "25"}, {"latitude": "x", "longitude": "1"}, {"colour": "red"}]
)
async def test_a_wrong_field_is_refused(door: Door, fields: Mapping[str, str]) -> None:
    refused = await send(door.service, encode(screen(door.code())), **fields)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


async def test_only_one_file_named_image_is_taken(door: Door) -> None:
    picture = encode(screen(door.code()))
    two = [("image", ("a.jpg", picture)), ("image", ("b.jpg", picture))]
    for files in (two, [("picture", ("a.jpg", picture))]):
        refused = await door.service.call("POST", IMAGE, files=files)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    text = await door.service.call("POST", IMAGE, {"image": "x"})
    assert (text.status_code, text.json()["code"]) == (415, "unsupported_media")


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (screen(), "no_qr"),
        (screen("https://one.example/v/1", "https://two.example/v/1"), "several_qr"),
    ],
    ids=["none", "several"],
)
async def test_a_picture_without_a_single_code_says_what_to_do(
    service: Service, picture: Image.Image, code: str
) -> None:
    refused = await send(service, encode(picture))
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert "again" in refused.json()["detail"]
    page = await send(service, encode(picture), "/check/photo")
    assert page.status_code == 422
    assert "Take it again" in page.text


async def test_the_same_code_twice_in_a_picture_is_one_code(door: Door) -> None:
    picture = encode(screen(*[door.code()] * 2))
    assert (await answer(door.service, picture))["reason"] == "authorised"


@pytest.mark.parametrize("text", ["https://evil.example/v/1", "WIFI:S:bank;;", "1" * 300, "\x00"])
async def test_a_foreign_code_is_answered_like_every_unproven_one(door: Door, text: str) -> None:
    found = await answer(door.service, encode(screen(text)))
    assert is_uniform(found)
    mangled = door.code()[:-1] + "x"
    same = await door.service.verify(visit_code=mangled, language="en")
    for one in (found, same):
        del one["id"], one["report_url"]
    assert found == same


def slow_upload(door: Door, picture: bytes, seconds: float) -> AsyncIterator[bytes]:
    """Return a body whose second half comes this much later by the service's clock."""
    body = (
        b'--cut\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n" + picture + b"\r\n--cut--\r\n"
    )

    async def parts() -> AsyncIterator[bytes]:
        yield body[:5000]
        door.service.wait(seconds=seconds)
        yield body[5000:]

    return parts()


@pytest.mark.parametrize(
    ("old", "slow", "reason"), [(0, 119, "authorised"), (150, 0, "expired_code")]
)
@pytest.mark.parametrize("path", [IMAGE, "/check/photo"])
async def test_a_code_is_as_old_as_it_was_when_the_headers_came(
    door: Door, path: str, old: int, slow: int, reason: str
) -> None:
    picture = encode(screen(door.code()))
    door.service.wait(seconds=old)
    response = await door.service.client.post(
        path,
        content=slow_upload(door, picture, slow),
        headers={"Content-Type": "multipart/form-data; boundary=cut"},
    )
    if path == IMAGE:
        assert response.json()["reason"] == reason
    else:
        assert (response.status_code, response.headers["location"]) == (303, "/r")
        page = await door.service.call("GET", "/r")
        assert f'data-reason="{reason}"' in page.text


async def test_a_revocation_during_the_upload_counts(door: Door) -> None:
    picture = encode(screen(door.code()))

    async def parts() -> AsyncIterator[bytes]:
        async for part in slow_upload(door, picture, 1):
            yield part
            await door.service.call(
                "POST",
                f"/v1/devices/{door.phone.device_id}/revoke",
                role=Role.DESK,
            )

    response = await door.service.client.post(
        IMAGE, content=parts(), headers={"Content-Type": "multipart/form-data; boundary=cut"}
    )
    assert response.json()["reason"] == "revoked"


async def test_the_body_has_sixty_seconds(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = (b"content-type", b"multipart/form-data; boundary=cut")
    for path in (IMAGE, "/check/photo"):
        scope = {"method": "POST", "path": path, "headers": [kind]}
        assert body_limits.bound_of(scope).seconds == 60

    async def never() -> AsyncIterator[bytes]:
        yield b"--cut\r\n"
        await asyncio.sleep(60)

    monkeypatch.setattr(body_limits, "bound_of", lambda _: body_limits.Bound(10**7, 0.05))
    late = await door.service.client.post(IMAGE, content=never(), headers=dict([kind]))
    assert (late.status_code, late.json()["code"]) == (408, "timeout")


async def test_pictures_that_prove_nothing_count_as_failed_codes(
    migrated_url: str, tmp_path: Path
) -> None:
    limits = {"rate_limits": "on", "limit_failed_codes_address": "3/minute"}
    async with running(migrated_url, tmp_path / "data", **limits) as service:
        door = await open_door(service)
        wrong = [encode(screen()), b"no image", encode(screen("https://evil.example/v/1"))]
        statuses = [(await send(service, one)).status_code for one in [*wrong, *wrong]]
        assert statuses == [422, 422, 200, 429, 429, 429]
        limited = await send(service, wrong[0])
        assert limited.json()["code"] == "rate_limited"
        assert int(limited.headers["retry-after"]) > 0
        # A proven code is never limited: the carrier's address is shared.
        assert (await answer(service, encode(screen(door.code()))))["reason"] == "authorised"


async def test_the_page_asks_for_a_photo_when_none_was_sent(service: Service) -> None:
    headers = {"Accept-Language": "en"}
    empty = await service.call("POST", "/check/photo", files={"image": ("", b"")}, headers=headers)
    assert empty.status_code == 422
    assert "Please take or choose a photo first." in empty.text
    typed = await service.call("POST", "/check/photo", data={"image": "x"})
    assert typed.status_code == 415
