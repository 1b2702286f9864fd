"""Pages that refuse: they lead back, keep what was typed, and say when to try again."""

import pytest

from tests.services import Service

HTML = {"Accept-Language": "en"}


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/check/photo", "/check"),
        ("/report/language", "/report"),
        ("/track/additions", "/track"),
        ("/track/withdraw", "/track"),
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
