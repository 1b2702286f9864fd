"""`/track`: what a reporter writes is kept once, whatever comes between."""

import io
import re
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from domain.callers import Role
from tests.e2e.http.test_intake import detail_of, sent
from tests.reports import files_of, image, queue
from tests.services import Service, running

EN = {"Accept-Language": "en"}
WORDS = "The car was blue."
REPORT_FORM = {"description": "odd", "date": "2026-11-24", "time": "11:30"}


async def add(service: Service, code: str, *images: bytes, text: str = WORDS) -> httpx.Response:
    """Send the form of `/track` as a browser does."""
    files: list[Any] = [("evidence", ("a.jpg", one, "image/jpeg")) for one in images]
    return await service.client.post(
        "/track/additions",
        data={"tracking_code": code, "text": text},
        files=files or [("evidence", ("", b""))],
        headers=EN,
    )


def assert_handed_back(answer: httpx.Response, code: str, after: str) -> None:
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert f">{WORDS}</textarea>" in answer.text
    assert f'name="tracking_code" value="{code}"' in answer.text
    assert f"Try again after {after}" in answer.text
    assert "choose them again" in answer.text


async def test_an_addition_that_is_one_too_many_is_handed_back(
    migrated_url: str, tmp_path: Path
) -> None:
    limits = {"rate_limits": "on", "limit_reports_address": "1/hour"}
    async with running(migrated_url, tmp_path / "data", **limits) as service:
        code = await sent(service)
        assert_handed_back(await add(service, code), code, "13:00")
        # Of one with photos the words are read, which stand before them.
        assert_handed_back(await add(service, code, b"x" * 200_000), code, "13:00")
        (report,) = await queue(service)
        assert report["addition_count"] == 0


async def test_a_look_up_that_is_one_too_many_is_handed_back(
    migrated_url: str, tmp_path: Path
) -> None:
    limits = {"rate_limits": "on", "limit_lookups_address": "2/minute"}
    async with running(migrated_url, tmp_path / "data", **limits) as service:
        code = await sent(service)
        added = await add(service, code)
        assert (added.status_code, added.headers["location"]) == (303, "/track/added")
        assert (await service.call("GET", "/track/added")).status_code == 200
        kept = await service.call("GET", "/track/added", headers=EN)
        assert (kept.status_code, "We have what you added" in kept.text) == (429, True)
        assert "Try again after 12:01" in kept.text
        assert "Nothing was done" not in kept.text
        asked = {"tracking_code": code}
        for path in ("/track", "/track/withdraw"):
            refused = await service.call("POST", path, data=asked, headers=EN)
            assert refused.status_code == 429
            assert f'id="tracking_code" name="tracking_code" value="{code}"' in refused.text
            assert "Try again after 12:01" in refused.text
        ticked = {**asked, "sure": "yes", "words": "en"}
        for path in ("/track/withdraw", "/track/language"):
            refused = await service.call("POST", path, data=ticked, headers=EN)
            assert refused.status_code == 429
            assert f'type="hidden" name="tracking_code" value="{code}"' in refused.text
            assert 'name="sure" value="yes" required checked' in refused.text
            assert 'form="withdrawal"' in refused.text
            assert "Try again after 12:01" in refused.text
        assert_handed_back(await add(service, code), code, "12:01")
        typed = {"tracking_code": code, "text": WORDS, "words": "en"}
        other = await service.call("POST", "/track/language", data=typed)
        assert_handed_back(other, code, "12:01")


async def test_a_reload_adds_nothing_and_no_address_has_the_code(service: Service) -> None:
    code = await sent(service, description="another one")
    await service.call("POST", "/report", data=REPORT_FORM)
    added = await add(service, code, image())
    assert (added.status_code, added.headers["location"]) == (303, "/track/added")
    assert code not in added.headers["set-cookie"]
    assert "SameSite=strict" in added.headers["set-cookie"]
    for _ in range(2):
        shown = await service.call("GET", "/track/added", headers=EN)
        assert shown.status_code == 200
        assert "We have what you added" in shown.text
        assert shown.text.count(WORDS) == 1
        assert f'value="{code}"' in shown.text
    counts = sorted(one["addition_count"] for one in await queue(service))
    assert counts == [0, 1]
    assert len(files_of(service)) == 1
    sent_page = await service.call("GET", "/report/sent")  # is as it was
    assert 'id="tracking-code"' in sent_page.text
    service.wait(minutes=2)
    gone = await service.call("GET", "/track/added")
    assert (gone.status_code, gone.headers["location"]) == (303, "/track")


async def test_another_language_keeps_report_and_words(service: Service) -> None:
    code = await sent(service)
    page = await service.call("POST", "/track", data={"tracking_code": code}, headers=EN)
    button = r'<button [^>]*name="words" value="zh-Hans"[^>]* form="(\w+)"'
    assert re.findall(button, page.text) == ["addition"]
    typed = {"tracking_code": code, "text": WORDS, "words": "zh-Hans"}
    changed = await service.call("POST", "/track/language", data=typed, headers=EN)
    assert changed.status_code == 200
    assert '<html lang="zh-Hans">' in changed.text
    assert 'data-status="new"' in changed.text
    assert f">{WORDS}</textarea>" in changed.text
    assert f'value="{code}"' in changed.text
    assert "language=zh-Hans" in changed.headers["set-cookie"]
    typed = {"tracking_code": "half a co", "is_question": "yes", "words": "en"}
    asked = await service.call("POST", "/track/language", data=typed)
    assert (asked.status_code, 'value="half a co"' in asked.text) == (200, True)
    sure = {"tracking_code": code, "sure": "yes"}
    gone = await service.call("POST", "/track/withdraw", data=sure, headers=EN)
    (form,) = re.findall(button, gone.text)
    assert f'id="{form}"><input type="hidden" name="tracking_code" value="{code}"' in gone.text
    (report,) = await queue(service)
    assert report["addition_count"] == 0


async def test_what_the_form_says_of_positions_in_photos_is_so(service: Service) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (24.0, 59.0, 36.6)
    photo = image(exif=exif)
    code = await sent(service)
    assert (await add(service, code, photo)).status_code == 303
    (report,) = await queue(service)
    (one,) = (await detail_of(service, report["id"]))["evidence"]
    path = f"/v1/fraud/reports/{report['id']}/evidence/{one['id']}"
    copy = await service.call("GET", path, role=Role.FRAUD)
    assert not Image.open(io.BytesIO(copy.content)).getexif().get_ifd(0x8825)
    opened = await service.call("POST", f"{path}/original", {"reason": "x"}, role=Role.FRAUD)
    assert opened.content == photo
    for shown in (
        await service.call("GET", "/report", headers=EN),
        await service.call("POST", "/track", data={"tracking_code": code}, headers=EN),
    ):
        assert "copies without position data" in shown.text
        assert "may still say where it was taken" in shown.text
        assert 'aria-describedby="photo-hint"' in shown.text


async def test_a_shared_position_says_who_sees_it_and_how_exactly(service: Service) -> None:
    shown = await service.call("GET", "/report", headers=EN)
    assert "see it rounded, to about a kilometre or more" in shown.text
    assert "nobody else" not in shown.text
