"""Surges for clients and on the timeline: where, when, how many against the expected."""

import re
from typing import Any

import pytest

from domain.callers import Role
from service.linking import link_due
from tests.e2e.http.test_console_charts import drawn, page
from tests.reports import send
from tests.services import HOME, Service

PATH = "/v1/fraud/surges"


async def ask(service: Service, **query: str) -> list[dict[str, Any]]:
    answer = await service.call("GET", PATH, role=Role.AUDITOR, params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def surge(service: Service, reports: int = 4, **place: float) -> None:
    """Send so many reports of one place on one day, and have them linked."""
    for number in range(reports):
        told = {"phone": f"0911 {reports}22 33{number}"}
        where = {"text": "x", **(place or HOME)}
        assert (await send(service, claimed=told, place=where)).status_code == 201
    await link_due(service.runtime)


async def test_a_surge_is_listed_with_what_was_expected(service: Service) -> None:
    await surge(service, 2)
    assert await ask(service) == []  # two may be chance
    await surge(service, 3)
    service.wait(days=2)
    await surge(service, 4, latitude=22.63, longitude=120.30)
    south, north = await ask(service)
    assert (north["day"], north["reports"], north["name"]) == ("2026-11-24", 5, "Taipei City")
    assert (south["day"], south["reports"], south["name"]) == ("2026-11-26", 4, "Kaohsiung City")
    assert north["area"].startswith("85")
    assert north["centre"]["latitude"] == pytest.approx(25.03, abs=0.1)
    assert 0 < north["expected"] < 1
    assert north["probability"] < 0.0005
    (named,) = await ask(service, to="2026-11-25", language="zh-Hant")
    assert named["name"] == "臺北市"
    assert await ask(service, **{"from": "2026-11-25", "to": "2026-11-25"}) == []


async def test_days_that_cannot_be_counted_are_refused(service: Service) -> None:
    for wrong in ({"from": "2026-11-25", "to": "2026-11-24"}, {"from": "2020-01-01"}):
        refused = await service.call("GET", PATH, role=Role.FRAUD, params=wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


async def test_the_timeline_marks_surges_and_leads_to_their_reports(service: Service) -> None:
    await surge(service)
    await send(service, claimed={"phone": "0911 999 999"}, place=None)
    html = await page(service, "timeline")
    (data,) = drawn(html)
    assert data["marks"] == [{"day": "2026-11-24", "numbers": [1], "count": 5}]
    assert '2026-11-24</a> ▼ <a href="#surges">Surge 1</a>' in html
    listed = html.partition('id="surges"')[2]
    assert re.search(r"<bdi>Taipei City</bdi> <a.*<td>4</td><td>&lt; 0.1</td>", listed)
    near = listed.partition('<a href="/console?')[2].partition('"')[0].replace("&amp;", "&")
    assert (await page(service, f"/console?{near}")).count('data-label="Report"') == 4
    quiet = await page(service, "timeline?to=2026-11-01")
    assert "No area had more reports than usual" in quiet


async def test_an_area_that_no_outline_knows_has_no_name(service: Service) -> None:
    await surge(service, latitude=0.0, longitude=0.0)
    assert [one["name"] for one in await ask(service)] == [None]
    assert "<bdi>–</bdi>" in await page(service, "timeline")
