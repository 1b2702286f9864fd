"""What is wrong in a filter is said beside its field, and no list is taken for a filtered one."""

import re

import pytest

from domain.callers import Role
from domain.states import Language
from tests.e2e.http.test_console import file_report, session
from tests.services import Service

LONG = "9" * 201
WRONG = [
    ("", "from=soon", ["from"]),
    ("", "from=1700000000", ["from"]),
    ("", "to=0001-01-01&q=%20bag%20", ["to"]),
    ("", "from=2026-11-02&to=2026-11-01", ["to"]),
    ("", "from=x&to=y&near=25.03&phone=%3Cnone%3E", ["from", "to", "phone", "near"]),
    ("", "near=25.03,121.5,51", ["near"]),
    ("", f"badge_number={LONG}", ["badge_number"]),
    ("", f"q={LONG}", ["q"]),
    ("", "status=odd", ["status"]),
    ("", "sort=odd", ["sort"]),
    ("", "closing=perhaps&alias=Lin", []),
    ("", "since=ever", []),
    ("", f"assignee={LONG}", []),
    ("", "cursor=odd&status=new", []),
    ("", "cursor=WzEsMl0", []),
    ("/sightings", "kind=odd", ["kind"]),
    ("/sightings", "from=2026-02-30&badge_number=B-1", ["from"]),
    ("/sightings", "near=25", ["near"]),
    ("/sightings", "cursor=odd", []),
    ("/map", "from=odd", ["from"]),
    ("/map", "from=2026-11-02&to=2026-11-01", ["to"]),
    ("/timeline", "from=2001-01-01&to=2026-01-01&by=kind", ["from"]),
    ("/timeline", "by=odd", ["by"]),
    ("/statistics", "from=2030-01-01", ["from"]),
    ("/cases", "cursor=odd", []),
    ("/watchlist", "cursor=odd", []),
]


@pytest.mark.parametrize(("path", "query", "marked"), WRONG)
async def test_a_wrong_filter_is_said_in_the_form_and_lists_nothing(
    service: Service, path: str, query: str, marked: list[str]
) -> None:
    await file_report(service)
    headers = session(service, Role.FRAUD)
    shown = await service.call("GET", f"/console{path}?{query}", headers=headers)
    assert (shown.status_code, shown.headers["content-type"]) == (422, "text/html; charset=utf-8")
    html = shown.text
    fields = re.findall(r"<(?:input|select)[^>]*aria-invalid[^>]*>", html)
    assert re.findall(r' id="(\w+)"', " ".join(fields)) == marked
    for field, name in zip(fields, marked, strict=True):
        assert f'aria-describedby="{name}-wrong"' in field
        assert f'id="{name}-wrong"' in html
        assert f'<a href="#{name}">' in html
    assert html.count('role="alert"') == 1
    assert "<table" not in html
    assert "No report" not in html
    assert "<title>Error: " in html


async def test_what_was_typed_stays_in_the_form(service: Service) -> None:
    headers = session(service, Role.FRAUD)
    query = "from=1.11.2026&to=2026-11-30&phone=%22%3Ex&near=25.03&alias=%E6%9E%97&assignee=me"
    html = (await service.call("GET", f"/console?{query}&cursor=x", headers=headers)).text
    for kept in (
        'name="from" value="1.11.2026"',  # a field of type date would drop it
        'name="to" type="date" value="2026-11-30"',
        'value="&#34;&gt;x"',
        'value="25.03"',
        'value="林"',
        '<input type="hidden" name="assignee" value="me">',
        '<details class="wide" open>',
    ):
        assert kept in html, kept
    assert 'name="cursor"' not in html
    again = await service.call("GET", "/console?alias=%E6%9E%97&cursor=x", headers=headers)
    assert 'href="/console?alias=%E6%9E%97">First page</a>' in again.text


@pytest.mark.parametrize("language", Language)
async def test_what_is_wrong_is_said_in_the_reader_s_language(
    service: Service, language: Language
) -> None:
    headers = {**session(service, Role.FRAUD), "Accept-Language": language}
    html = (await service.call("GET", "/console?near=25.03", headers=headers)).text
    said = {
        Language.TRADITIONAL: "請依序填寫緯度、經度和公里數",
        Language.SIMPLIFIED: "请依次填写纬度、经度和公里数",
        Language.ENGLISH: "Write latitude, longitude and kilometres",
    }
    assert html.count(said[language]) == 2  # above the form, and at the field
    assert "25.033,121.565,4" in html


async def test_a_cell_that_is_none_is_told_of_like_any_other(service: Service) -> None:
    headers = session(service, Role.FRAUD)
    answer = await service.call("GET", f"/console?cell={'x' * 201}", headers=headers)
    assert answer.status_code == 422
    assert "<li>Map: This is too long" in " ".join(answer.text.split())


@pytest.mark.parametrize(
    "cell", ["zz", "864bb109ffffff", "874bb1099ffffff", "8", "-1", "8a" * 10, "864BB109FFFFFFF"]
)
async def test_what_is_no_cell_of_the_map_lists_nothing(service: Service, cell: str) -> None:
    headers = session(service, Role.FRAUD)
    answer = await service.call("GET", f"/console?cell={cell}", headers=headers)
    assert answer.status_code == 422
    assert "<li>Map: The map has no such cell." in " ".join(answer.text.split())
    assert "No report" not in answer.text


async def test_the_api_still_answers_problem_documents(service: Service) -> None:
    for query in ("near=25.03", "from=soon", "cursor=odd"):
        refused = await service.call("GET", f"/v1/fraud/reports?{query}", role=Role.FRAUD)
        assert refused.status_code == 422
        assert refused.headers["content-type"] == "application/problem+json"
