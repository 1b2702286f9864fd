"""Pages that refuse: they lead back, keep what was typed, and say when to try again."""

from pathlib import Path

import pytest

from tests.photographs import photograph
from tests.services import Service, running

HTML = {"Accept-Language": "en"}


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/check/photo", "/check"),
        ("/report/language", "/report"),
        ("/track/additions", "/track"),
        ("/track/withdraw", "/track"),
        ("/track/language", "/track"),
        ("/demo/suspend", "/demo"),
        ("/console/looks", "/console"),
        ("/console/reports/rp_1/contact", "/console/reports/rp_1"),
        ("/console/reports/rp_1/originals/ev_1", "/console/reports/rp_1"),
        ("/console/cases/fc_1/take-back", "/console/cases/fc_1"),
        ("/console/watchlist/wl_1/approve", "/console/watchlist"),
    ],
)
async def test_the_address_of_a_form_leads_back_to_its_page(
    service: Service, address: str, leads_to: str
) -> None:
    opened = await service.call("GET", address, headers=HTML)
    assert (opened.status_code, opened.headers.get("location")) == (303, leads_to)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/logout"), ("GET", "/language"), ("POST", "/agencies")]
)
async def test_what_only_a_button_opens_says_so(service: Service, method: str, path: str) -> None:
    opened = await service.call(method, path, headers=HTML)
    assert opened.status_code == 405
    assert "This page cannot be opened like this" in opened.text
    assert "We cannot check right now" not in opened.text
    assert "at your door" not in opened.text


async def test_a_look_up_that_is_one_too_many_is_handed_back(
    migrated_url: str, tmp_path: Path
) -> None:
    limits = {"rate_limits": "on", "limit_lookups_address": "1/minute"}
    async with running(migrated_url, tmp_path / "data", **limits) as service:
        typed = {"kind": "badge", "badge_number": "B-1", "name": "王大明"}
        assert (await service.call("POST", "/check", data=typed)).status_code == 303
        refused = await service.call("POST", "/check", data=typed, headers=HTML)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert 'name="badge_number" value="B-1"' in refused.text
        assert 'name="name" value="王大明"' in refused.text
        assert "Try again after 12:01" in refused.text


async def test_a_code_that_is_one_too_many_says_when_to_try_again(
    migrated_url: str, tmp_path: Path
) -> None:
    limits = {"rate_limits": "on", "limit_failed_codes_address": "1/minute"}
    async with running(migrated_url, tmp_path / "data", **limits) as service:
        assert (await service.call("GET", "/v/1", headers=HTML)).status_code == 303
        refused = await service.call("GET", "/v/1", headers=HTML)
        assert refused.status_code == 429
        assert "Try again after 12:01." in refused.text
        service.wait(seconds=30)
        photo = {"image": ("a.png", photograph("https://evil.example/v/1", "none"))}
        sent = await service.client.post("/check/photo", files=photo, headers=HTML)
        assert (sent.status_code, 'id="photo"' in sent.text) == (429, True)
        assert "Try again after 12:02" in sent.text
