"""Map, timeline and statistics over HTTP: the figures stand in tables, without any script."""

import json
import re
from typing import Any

import pytest

from domain.callers import Role
from service.linking import link_due
from service.report_lists import ReportFilters, list_reports
from tests.e2e.http.test_console import file_report, session
from tests.services import HOME, Service

HOSTILE = "</script><script>alert(1)</script>\u202e"


async def page(service: Service, path: str) -> str:
    path = path if path.startswith("/") else f"/console/{path}"
    shown = await service.call("GET", path, headers=session(service, Role.FRAUD))
    assert shown.status_code == 200, shown.text
    return shown.text


def drawn(html: str) -> list[Any]:
    """Return what the script draws, as it stands in the page."""
    found = re.findall(r'<script type="application/json">(.*?)</script>', html)
    return [json.loads(one) for one in found]


async def test_a_map_shows_cells_and_no_place(service: Service) -> None:
    for number, place in enumerate((HOME, HOME, {"latitude": 0.0, "longitude": 0.0})):
        told = {"phone": f"0911 222 33{number}"}  # else the second would be folded under the first
        await file_report(service, place={"text": "x", **place}, claimed=told)
    await file_report(service)
    html = await page(service, "map")
    assert "3 of 4 reports" in html
    rows = re.findall(r"<bdi>(.*?)</bdi></th><td>.*?>([\d., -]+)</a></td><td>(\d+)</td>", html)
    assert rows == [("Taipei City", "25.04, 121.58", "2"), ("–", "0.01, -0.01", "1")]
    near = html.partition('<td><a href="')[2].partition('"')[0].replace("&amp;", "&")
    assert (await page(service, near)).count('data-label="Report"') == 2
    (data,) = drawn(html)
    assert [one["count"] for one in data["cells"]] == [2, 1]
    for exact in ("25.033", "121.5654"):
        assert exact not in html
    assert "No report of these days" in await page(service, "map?to=2026-11-01")


async def test_a_cell_of_a_coast_is_named_by_what_it_reaches(service: Service) -> None:
    harbour = {"latitude": 22.5146, "longitude": 120.3305}
    await file_report(service, place={"text": "x", **harbour})
    assert '<bdi>Kaohsiung City</bdi></th><td><a href="/console?cell=' in await page(service, "map")


async def test_a_cell_leads_to_exactly_the_reports_that_it_counts(service: Service) -> None:
    inside = {"latitude": 25.0330, "longitude": 121.5654}
    beside = {"latitude": 25.0330, "longitude": 121.6100}  # within 4 km of the cell's middle
    for number, place in enumerate((inside, inside, beside)):
        told = {"phone": f"0911 222 33{number}"}
        await file_report(service, place={"text": "x", **place}, claimed=told)
    service.wait(minutes=1)
    again = {"phone": "0911 222 331"}  # said again, and folded
    await file_report(service, place={"text": "x", **inside}, claimed=again)
    service.wait(days=2)
    await file_report(service, place={"text": "x", **inside}, claimed={"phone": "0922 000 000"})
    for days, counts in (("", [4, 1]), ("?from=2026-11-20&to=2026-11-24", [3, 1])):
        html = await page(service, f"map{days}")
        cells = re.findall(r'<td><a href="([^"]+)">[^<]+</a></td><td>(\d+)</td>', html)
        assert [int(count) for _, count in cells] == counts
        links = [link.replace("&amp;", "&") for link, _ in cells]
        for sort in ("", "&sort=score"):
            lists = [await page(service, f"{link}{sort}") for link in links]
            assert [one.count('data-label="Report"') for one in lists] == counts
            assert [one.count(">folded<") for one in lists] == [1, 0]
            assert all("one cell of the map" in one for one in lists)
        await link_due(service.runtime)


async def test_the_outline_is_for_analysts_in_their_language(service: Service) -> None:
    headers = {**session(service, Role.FRAUD), "Accept-Language": "zh-TW"}
    outline = await service.call("GET", "/console/map/outline", headers=headers)
    assert outline.headers["cache-control"] == "private, max-age=3600"
    names = {one["properties"]["name"] for one in outline.json()["features"]}
    assert len(names) == 22
    assert "臺北市" in names


async def test_a_timeline_shows_every_day(service: Service) -> None:
    await file_report(service, asked_for=["cash"])
    service.wait(days=2)
    await file_report(service)
    html = await page(service, "timeline?from=2026-11-23&by=severity")
    (data,) = drawn(html)
    assert data["days"] == ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"]
    assert {one["name"]: one["values"] for one in data["series"]} == {
        "low": [0, 0, 0, 0],
        "medium": [0, 0, 0, 1],
        "high": [0, 1, 0, 0],
        "critical": [0, 0, 0, 0],
    }
    days = re.findall(r'href="/console\?from=([\d-]+)&amp;to=([\d-]+)"', html)
    assert days == [("2026-11-26",) * 2, ("2026-11-24",) * 2]
    assert "2 reports from 2026-11-23 to 2026-11-26" in html


async def test_statistics_show_words_of_strangers_as_text(service: Service) -> None:
    await file_report(service, asked_for=["cash", "entry"], claimed={"agency": HOSTILE})
    await file_report(service)
    html = await page(service, "statistics")
    assert "<script>alert" not in html
    assert "\u202e" not in html
    tables = drawn(html)
    assert tables[0] == [{"count": 2, "name": "new"}]
    assert tables[3] == [{"count": 1, "name": "cash"}, {"count": 1, "name": "to be let in"}]
    assert tables[4] == [{"count": 1, "name": f"{HOSTILE[:-1]}[U+202E]"}]
    assert "50 %" in html


@pytest.mark.parametrize(
    "path",
    ["map?from=soon", "timeline?by=cell", "statistics?from=2026-11-02&to=2026-11-01"],
)
async def test_what_cannot_be_counted_is_refused(service: Service, path: str) -> None:
    refused = await service.call("GET", f"/console/{path}", headers=session(service, Role.FRAUD))
    assert refused.status_code == 422
    assert "<h1>" in refused.text


async def test_a_case_shows_what_ties_its_reports(service: Service) -> None:
    told = {"name": "陳大文", "phone": "0911 222 333", "plate": "ABC-1234", "badge_number": "B-7"}
    for number in range(2):
        words = {"description": f"story {number} of {'cash' if number else 'a meter to be read'}"}
        await file_report(service, claimed=told, **words)
        service.wait(minutes=1)
    ids = {one.id for one in (await list_reports(service.runtime, ReportFilters())).items}
    assert len(ids) == 2
    await link_due(service.runtime)
    listed = await service.call("GET", "/v1/fraud/cases", role=Role.FRAUD)
    case_id = listed.json()["items"][0]["id"]
    html = await page(service, f"cases/{case_id}/graph")
    (data,) = drawn(html)
    reports = {one["id"] for one in data["nodes"] if one["kind"] == "report"}
    assert reports == ids
    assert "Phone: <bdi>+886911222333</bdi>" in html
    tied = {one["source"] for one in data["links"] if one["target"].startswith("same_plate")}
    assert tied == ids
    case = await page(service, f"cases/{case_id}")
    assert f'href="/console/cases/{case_id}/graph"' in case
    missing = await service.call(
        "GET", "/console/cases/none/graph", headers=session(service, Role.FRAUD)
    )
    assert missing.status_code == 404
