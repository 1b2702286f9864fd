"""The form of a report: what it begins with, and how it takes a position."""

import re
from pathlib import Path

import pytest

from domain.callers import Role
from tests.e2e.http.test_console import session
from tests.reports import queue
from tests.services import HOME, Door, Service, running

EN = {"Accept-Language": "en"}
WRITTEN = {"description": "odd", "date": "2026-11-24", "time": "11:30"}


async def filled(service: Service) -> str:
    """Return the form that this browser's last answer leads to."""
    shown = await service.call("GET", "/r", headers=EN)
    found = re.search(r'href="(/report\?from=ve_[\w-]+)"', shown.text)
    assert found is not None
    return (await service.call("GET", found[1], headers=EN)).text


def values_in(page: str) -> dict[str, str]:
    """Return what the form's fields hold."""
    found = re.findall(r'<input [^>]*?name="(\w+)"[^>]*? value="([^"]+)"', page)
    kept = {"name", "badge_number", "agency", "phone", "url", "latitude", "longitude"}
    return {name: value for name, value in found if name in kept}


@pytest.mark.parametrize(
    ("check", "begins_with"),
    [
        (
            {"kind": "badge", "badge_number": "B-666", "name": "王大明"},
            {"badge_number": "B-666", "name": "王大明"},
        ),
        ({"kind": "contact", "contact": "0955 444 333"}, {"phone": "0955 444 333"}),
        ({"kind": "contact", "contact": "evil.example/pay"}, {"url": "evil.example/pay"}),
        ({"kind": "contact", "contact": "Bank123"}, {"agency": "Bank123"}),
        (
            {"kind": "visit_code", "visit_code": "https://evil.example/v/1"},
            {"url": "https://evil.example/v/1"},
        ),
        ({"kind": "visit_code", "visit_code": "nothing"}, {}),
        ({"kind": "badge", "badge_number": "9" * 200, "name": "x"}, {"badge_number": "9" * 64}),
    ],
)
async def test_a_report_begins_with_what_was_checked(
    service: Service, check: dict[str, str], begins_with: dict[str, str]
) -> None:
    await service.call("POST", "/check", data=check)
    values = values_in(await filled(service))
    assert {name: values.get(name) for name in begins_with} == begins_with
    assert values.keys() - begins_with.keys() <= {"name"}


async def test_a_refused_code_tells_the_form_nothing_that_the_answer_hid(door: Door) -> None:
    service = door.service
    code = door.code()
    service.wait(hours=9)
    await service.call("POST", "/check", data={"kind": "visit_code", "visit_code": code})
    page = await filled(service)
    assert values_in(page) == {}
    assert "B-S-1" not in page
    assert "林志明" not in page


async def test_a_place_shared_with_the_check_goes_with_the_report(door: Door) -> None:
    service = door.service
    form = {"kind": "visit_code", "visit_code": door.code()}
    await service.call("POST", "/check", data=form)
    service.wait(seconds=2)
    await service.call("POST", "/r", data={key: str(value) for key, value in HOME.items()})
    page = await filled(service)
    values = values_in(page)
    assert values["name"] == "林志明"
    assert (values["latitude"], values["longitude"]) == ("25.033", "121.5654")


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        (
            {"latitude": "25.03300", "longitude": "121.56540"},
            {"text": "25.03300, 121.56540", **HOME},
        ),
        (
            {"place": "the gate", "latitude": "25.03300", "longitude": "121.56540"},
            {"text": "the gate", **HOME},
        ),
        ({"place": "25.0330, 121.5654"}, {"text": "25.0330, 121.5654", **HOME}),
        (
            {"place": "25.0330\uff0c 121.5654"},
            {"text": "25.0330\uff0c 121.5654", **HOME},
        ),
        ({"place": "12.5, 3"}, {"text": "12.5, 3", "latitude": None, "longitude": None}),
        (
            {"place": "x", "latitude": "25.1", "longitude": ""},
            {"text": "x", "latitude": None, "longitude": None},
        ),
    ],
)
async def test_a_position_goes_with_the_words_or_for_them(
    service: Service, typed: dict[str, str], place: dict[str, object]
) -> None:
    sent = await service.call("POST", "/report", data={**WRITTEN, **typed}, headers=EN)
    assert sent.status_code == 303
    (report,) = await queue(service)
    detail = await service.call("GET", f"/v1/fraud/reports/{report['id']}", role=Role.FRAUD)
    assert detail.json()["place"] == place


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (
            {"place": "the gate", "latitude": "25.03300", "longitude": "121.56540"},
            "the gate (25.033, 121.5654)",
        ),
        ({"place": "the gate"}, "the gate"),
    ],
)
async def test_an_analyst_sees_a_position_beside_the_words(
    service: Service, typed: dict[str, str], shown: str
) -> None:
    await service.call("POST", "/report", data={**WRITTEN, **typed})
    (report,) = await queue(service)
    analyst = session(service, Role.FRAUD)
    page = await service.call("GET", f"/console/reports/{report['id']}", headers=analyst)
    assert f"<dt>Where</dt><dd><bdi>{shown}</bdi></dd>" in page.text


@pytest.mark.parametrize(
    "typed",
    [
        {"latitude": "north", "longitude": "121"},
        {"latitude": "nan", "longitude": "121"},
        {"place": "99.0330, 121.5654"},
        {"latitude": "25.1", "longitude": "181.0"},
    ],
)
async def test_a_position_that_is_nowhere_is_refused_at_its_question(
    service: Service, typed: dict[str, str]
) -> None:
    sent = await service.call("POST", "/report", data={**WRITTEN, **typed}, headers=EN)
    assert sent.status_code == 422
    assert 'id="wrong-place"' in sent.text
    assert await queue(service) == []


async def test_a_tracking_code_is_shown_again_for_a_quarter_of_an_hour(service: Service) -> None:
    page = "/report/sent"
    assert (await service.call("GET", page)).headers["location"] == "/track"
    sent = await service.call("POST", "/report", data=WRITTEN)
    assert (sent.status_code, sent.headers["location"]) == (303, page)
    (cookie,) = (one for one in sent.headers.get_list("set-cookie") if "sent=" in one)
    assert cookie.startswith("__Host-sent=")
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=strict", "Max-Age=900"))
    codes = set()
    for language in ("en", "zh-Hant"):
        shown = await service.call("GET", page, headers={"Accept-Language": language})
        codes |= set(re.findall(r'id="tracking-code">([\w-]+)<', shown.text))
    assert len(codes) == len(await queue(service)) == 1
    (code,) = codes
    assert (await service.call("GET", f"/v1/reports/{code}")).json()["status"] == "new"
    assert code not in cookie
    service.client.cookies.set("__Host-sent", cookie.partition("=")[2].partition(";")[0][:-4])
    assert (await service.call("GET", page)).status_code == 303
    service.client.cookies.clear()
    await service.call("POST", "/report", data={**WRITTEN, "payee": "other"})
    service.wait(minutes=15)
    assert (await service.call("GET", page)).status_code == 303


async def test_another_language_keeps_what_was_written(service: Service) -> None:
    typed = {**WRITTEN, "payee": "8000-1", "asked_for": "cash", "words": "zh-Hans"}
    changed = await service.call("POST", "/report/language", data=typed, headers=EN)
    assert changed.status_code == 200
    assert 'lang="zh-Hans"' in changed.text
    assert ">odd</textarea>" in changed.text
    assert 'value="8000-1"' in changed.text
    assert 'value="cash" checked' in changed.text
    assert "language=zh-Hans" in changed.headers["set-cookie"]
    other = await service.call("POST", "/report/language", data={**typed, "words": "xx"})
    assert "set-cookie" not in other.headers
    assert await queue(service) == []


async def test_a_form_that_is_one_too_many_is_handed_back(
    migrated_url: str, tmp_path: Path
) -> None:
    limits = {"rate_limits": "on", "limit_reports_address": "1/hour"}
    async with running(migrated_url, tmp_path / "data", **limits) as service:
        assert (await service.call("POST", "/report", data=WRITTEN)).status_code == 303
        again = {**WRITTEN, "payee": "8000-1"}
        refused = await service.call("POST", "/report", data=again, headers=EN)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
        assert ">odd</textarea>" in refused.text
        assert 'value="8000-1"' in refused.text
        assert "after 13:00" in refused.text
        photo = {"evidence": ("a.png", b"x" * 200_000)}  # is not read, but the words before it
        long = await service.client.post("/report", data=again, files=photo, headers=EN)
        assert (long.status_code, 'value="8000-1"' in long.text) == (429, True)
        assert ">odd</textarea>" in long.text
        assert "choose them again" in long.text
        assert long.text.index('name="contact_email"') < long.text.index('name="evidence"')
        shouted = {**EN, "content-type": "Multipart/Form-Data; boundary=x"}
        broken = await service.client.post("/report", content=b"--x\r\n?\r\n", headers=shouted)
        assert broken.status_code == 429  # nobody looks for what is wrong with it
        assert len(await queue(service)) == 1
