"""The console's pages over HTTP: who may open them, what they change, what they never show."""

import re
from typing import Any

import pytest
from fastapi.routing import APIRoute

from domain.callers import Caller, Role
from domain.states import Language
from service import access_tokens, demo, reports
from service.demo import Person
from service.linking import link_due
from service.report_drafts import ReportDraft
from service.report_lists import ReportFilters, list_reports
from tests.services import ORIGIN, Service
from tests.watchlist import watched
from web import (
    case_graphs,
    cases,
    desk,
    desk_reports,
    fraud_reports,
    merges,
    queue_work,
    sightings,
    statistics,
    watchlist,
)

OWN = {"Origin": ORIGIN, "Accept-Language": "en"}
REPORT = {
    "occurred_at": "2026-11-24T03:00:00Z",
    "description": "A man with a badge asked for cash.",
    "claimed": {"name": "林志明", "phone": "0911 222 333", "badge_number": "B-77"},
    "contact": {"name": "王小華", "phone": "0955 666 777", "email": "wang@home.example"},
}
CALLS = sorted(
    (method, route.path)
    for part in (
        case_graphs,
        cases,
        desk,
        desk_reports,
        fraud_reports,
        merges,
        queue_work,
        sightings,
        statistics,
        watchlist,
    )
    for route in part.router.routes
    if isinstance(route, APIRoute)
    for method in route.methods or ()
)


def session(service: Service, *roles: Role, subject: str = "A-1") -> dict[str, str]:
    token = access_tokens.issue(service.runtime, Caller(subject, frozenset(roles)))
    return {"Cookie": f"__Host-session={token}", **OWN}


async def file_report(service: Service, **changes: Any) -> str:  # noqa: ANN401 - JSON
    draft = ReportDraft.model_validate({**REPORT, **changes})
    await reports.submit(service.runtime, draft, (), Language.ENGLISH)
    return (await list_reports(service.runtime, ReportFilters(), 1)).items[0].id


def filled(template: str) -> str:
    for name, value in (
        ("report_id", "rp_1"),
        ("evidence_id", "ev_1"),
        ("sha256", "0" * 64),
        ("entry_id", "wl_1"),
        ("case_id", "fc_1"),
    ):
        template = template.replace(f"{{{name}}}", value)
    return template


async def test_every_page_is_for_its_role(service: Service) -> None:
    for method, template in CALLS:
        await is_for_its_role(service, method, filled(template))


async def is_for_its_role(service: Service, method: str, path: str) -> None:
    nobody = await service.call(method, path)
    back = f"back={path.replace('/', '%2F')}" if method == "GET" else ""
    assert (nobody.status_code, nobody.headers["location"]) == (303, f"/login?{back}")
    dead = await service.call(method, path, headers={"Cookie": "__Host-session=a.b.c"})
    assert dead.status_code == 303
    theirs = {"/console": {Role.FRAUD, Role.DESK}}.get(
        path, {Role.DESK if path.startswith("/console/desk") else Role.FRAUD}
    )
    for role in set(Role) - theirs:
        wrong = await service.call(method, path, headers=session(service, role))
        assert wrong.status_code == 403, role
        assert "This page is not for this login" in wrong.text
    for role in theirs:
        right = await service.call(method, path, headers=session(service, role))
        assert right.status_code in {200, 303, 404, 422}, role


@pytest.mark.parametrize(
    "foreign", [{}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}], ids=str
)
async def test_only_our_own_pages_may_post(service: Service, foreign: dict[str, str]) -> None:
    headers = {"Cookie": session(service, Role.FRAUD, Role.DESK)["Cookie"], **foreign}
    own = {**headers, "Sec-Fetch-Site": "same-origin", "Origin": ""}
    for path in [filled(template) for method, template in CALLS if method == "POST"]:
        refused = await service.call("POST", path, headers=headers)
        assert refused.status_code == 403, path
        right = await service.call("POST", path, headers=own)
        assert right.status_code in {404, 422}, path


@pytest.mark.parametrize(
    ("person", "back", "goes"),
    [
        (demo.VISITOR, "", "/staff"),
        (demo.ANALYST, "", "/console"),
        (demo.HOTLINE_DESK, "", "/console/desk"),
        (demo.ANALYST, "/console/reports/rp_1", "/console/reports/rp_1"),
        (demo.ANALYST, "/console/desk", "/console"),
        (demo.VISITOR, "/console", "/staff"),
        (demo.ANALYST, "//evil.example", "/console"),
        (demo.ANALYST, "https://evil.example/console", "/console"),
        (demo.ANALYST, "/consoles", "/console"),
    ],
)
async def test_a_login_leads_where_the_role_belongs(
    service: Service, person: Person, back: str, goes: str
) -> None:
    form = {"subject": person.subject, "back": back}
    chosen = await service.call("POST", "/login", data=form, headers=OWN)
    assert (chosen.status_code, chosen.headers["location"]) == (303, goes)


async def test_the_login_page_remembers_where_to_go_back(service: Service) -> None:
    shown = await service.call("GET", '/login?back=/console/"><b>', headers=OWN)
    assert 'value="/console/&#34;&gt;&lt;b&gt;"' in shown.text
    clerk = await service.call("GET", "/console", headers=session(service, Role.DESK))
    assert clerk.headers["location"] == "/console/desk"


async def test_the_queue_is_filtered_and_paged(service: Service) -> None:
    for number in range(27):
        await file_report(service, description=f"case {number:02}", claimed={"phone": "0933"})
        service.wait(seconds=1)
    await file_report(service)
    analyst = session(service, Role.FRAUD)
    first = await service.call("GET", "/console", headers=analyst)
    assert first.text.count('data-label="Report"') == 25
    following = first.text.partition('" rel="next"')[0].rpartition('href="')[2]
    rest = await service.call("GET", following.replace("&amp;", "&"), headers=analyst)
    assert rest.text.count('data-label="Report"') == 3
    assert "case 00" in rest.text
    assert 'rel="next"' not in rest.text
    for query, count in (
        ("q=asked+for+CASH", 1),
        ("phone=%2B886911222333", 1),
        ("badge_number=b-77&q=&status=&from=&to=&phone=", 1),
        ("status=dismissed", 0),
        ("from=2026-11-24&to=2026-11-24&badge_number=B-77", 1),
        ("to=2026-11-23", 0),
        ("alias=\u6797\u5fd7\u660e&near=&sort=received_at", 1),
        ("plate=ABC-1234", 0),
        ("near=25,121,50", 0),
        ("near=\uff12\uff15\uff0c121\uff0c50", 0),
        ("near=25\u3001121\u300150", 0),
    ):
        found = await service.call("GET", f"/console?{query}", headers=analyst)
        assert found.status_code == 200, query
        assert found.text.count('data-label="Report"') == count, query
    for wrong in (
        "status=odd",
        "from=soon",
        "cursor=odd",
        "near=odd",
        "sort=odd",
        "q=%00",
        "q=" + "x" * 201,
    ):
        refused = await service.call("GET", f"/console?{wrong}", headers=analyst)
        assert refused.status_code == 422, wrong


async def test_a_reporter_is_shown_only_for_a_reason_on_record(service: Service) -> None:
    path = f"/console/reports/{await file_report(service)}"
    analyst = session(service, Role.FRAUD, subject="A-7")
    for shown in ("/console", path):
        page = await service.call("GET", shown, headers=analyst)
        assert page.status_code == 200
        for secret in ("王小華", "0955", "wang@home"):
            assert secret not in page.text
    for reason in ("", "  "):
        asked = await service.call(
            "POST", f"{path}/contact", data={"reason": reason}, headers=analyst
        )
        assert asked.status_code == 422
        assert "0955" not in asked.text
        assert "Say why you need it" in asked.text
    opened = await service.call(
        "POST", f"{path}/contact", data={"reason": "ask about the car"}, headers=analyst
    )
    assert "0955 666 777" in opened.text
    assert opened.headers["cache-control"] == "no-store"
    history = (await service.call("GET", path, headers=analyst)).text
    assert "ask about the car" in history
    assert "A-7" in history
    assert "0955" not in history


async def test_what_an_analyst_writes_goes_into_the_history(service: Service) -> None:
    path = f"/console/reports/{await file_report(service)}"
    analyst = session(service, Role.FRAUD)
    for form in (
        {"status": "investigating", "severity": "", "note": "line\r\nline"},
        {"message_to_reporter": "Thank you."},
    ):
        saved = await service.call("POST", path, data=form, headers=analyst)
        assert (saved.status_code, saved.headers["location"]) == (303, f"{path}?saved=true")
    page = (await service.call("GET", f"{path}?saved=true", headers=analyst)).text
    for text in ("new → being investigated", "line\nline", "Thank you.", "Saved."):
        assert text in page
    nothing = await service.call(
        "POST", path, data={"status": "", "note": " \r\n "}, headers=analyst
    )
    assert nothing.status_code == 422
    assert "nothing was saved" in nothing.text
    for form in ({"status": "odd"}, {"note": "x" * 4097}, {"note": "\x00"}):
        refused = await service.call("POST", path, data=form, headers=analyst)
        assert refused.status_code == 422
    missing = await service.call("GET", "/console/reports/rp_none", headers=analyst)
    assert missing.status_code == 404
    assert "Is somebody at your door" not in missing.text
    for path in ("/console/reports/rp_none", "/console/none", "/console/cases/fc_none"):
        missing = await service.call("GET", path, headers=analyst)
        assert missing.status_code == 404
        assert '<a href="/console/watchlist">' in missing.text, path
        assert "Check a visitor" not in missing.text, path
    nobody = await service.call("GET", "/console/none", headers=OWN)
    assert (nobody.status_code, "/console/watchlist" in nobody.text) == (404, False)


async def test_the_watchlist_is_worked_without_javascript(service: Service) -> None:
    path = "/console/watchlist"
    await service.add_staff("S-1", "林志明")
    first, second = (session(service, Role.FRAUD, subject=one) for one in ("A-1", "A-2"))
    entry = {"kind": "badge", "value": "B-S-1", "note": "<b>lost</b>?", "last_day": "2026-12-31"}
    for changes, status, said in (
        ({"value": " "}, 422, "Fill in every field."),
        ({"last_day": ""}, 422, "Fill in every field."),
        ({"last_day": "2026-11-23"}, 422, "must be from 2026-11-24 to 2027-11-24."),
        ({"last_day": "2027-11-25"}, 422, "must be from 2026-11-24 to 2027-11-24."),
        ({"last_day": "9999-12-31"}, 422, "must be from 2026-11-24 to 2027-11-24."),
        ({"kind": "phone"}, 422, "This is no phone, so it cannot be watched for."),
        ({"kind": "odd"}, 422, ""),
        ({}, 303, ""),
        ({}, 409, "on the watchlist already"),
    ):
        done = await service.call("POST", path, data={**entry, **changes}, headers=first)
        assert (done.status_code, said in done.text) == (status, True), changes
    page = (await service.call("GET", f"{path}?saved=true", headers=first)).text
    assert "Saved." in page
    assert "&lt;b&gt;lost&lt;/b&gt;?" in page
    assert 'data-label="Until">2026-12-31</td>' in page  # the last day is whole
    assert "at most 365 days ahead" in page
    assert "/approve" not in page  # his own
    assert page.count("Somebody else has to approve your entry.") == 1
    shown = (await service.call("GET", path, headers=second)).text
    approve = shown.partition('/approve"')[0].rpartition('action="')[2] + "/approve"
    for who, status, said in (
        (first, 403, "Somebody else has to approve your entry."),
        (second, 303, ""),
        (second, 409, "has changed meanwhile"),
    ):
        done = await service.call("POST", approve, headers=who)
        assert (done.status_code, said in done.text) == (status, True)
    for status in (303, 409):
        done = await service.call("POST", approve.replace("approve", "remove"), headers=first)
        assert done.status_code == status
    page = (await service.call("GET", path, headers=first)).text
    assert 'class="tag removed"' in page
    assert "/remove" not in page
    for number in range(25):
        entry = {**entry, "kind": "plate", "value": f"ABC-{number:04}"}
        assert (await service.call("POST", path, data=entry, headers=first)).status_code == 303
        service.wait(seconds=1)
    page = (await service.call("GET", path, headers=first)).text
    following = page.partition('" rel="next"')[0].rpartition('href="')[2]
    last = (await service.call("GET", following, headers=first)).text
    assert last.count("data-entry") == 1
    assert f'href="{path}">First page' in last


async def test_a_sighting_of_what_is_watched_for_names_it(service: Service) -> None:
    await watched(service, "phone", "0942 813 951")
    await service.verify(contact="+886942813951")
    await service.verify(badge_number="X-1", name="王大明")
    page = (
        await service.call("GET", "/console/sightings", headers=session(service, Role.FRAUD))
    ).text
    met = 'on the watchlist: <a href="/console/watchlist"><bdi>0942 813 951</bdi></a> (phone)'
    assert page.count(met) == 1


async def test_sightings_are_listed_and_filtered(service: Service) -> None:
    path, analyst = "/console/sightings", session(service, Role.FRAUD)
    assert "No check was odd yet." in (await service.call("GET", path, headers=analyst)).text
    for number in range(26):
        place = {"latitude": 25.03, "longitude": 121.56}
        await service.verify(badge_number=f"<X-{number}>", name="王大明", place=place)
        service.wait(hours=1)
    analyst = session(service, Role.FRAUD)  # the first one is over
    page = (await service.call("GET", path, headers=analyst)).text
    assert page.count('data-label="What was odd"') == 25
    assert "&lt;X-25&gt;" in page
    assert "王大明" not in page
    following = page.partition('" rel="next"')[0].rpartition('href="')[2]
    rest = (await service.call("GET", following, headers=analyst)).text
    assert rest.count('data-label="What was odd"') == 1
    for query, count in (
        ("badge_number=%3CX-7%3E&kind=&from=&to=&near=", 1),
        ("kind=lost_badge", 0),
        ("near=25.03,121.56,3&badge_number=%3Cx-7%3E", 1),
        ("near=24,121.56,3", 0),
    ):
        found = (await service.call("GET", f"{path}?{query}", headers=analyst)).text
        assert found.count('data-label="What was odd"') == count, query
    for wrong in ("kind=odd", "from=soon", "near=odd", "cursor=odd"):
        refused = await service.call("GET", f"{path}?{wrong}", headers=analyst)
        assert refused.status_code == 422, wrong
    report = await file_report(service, claimed={"badge_number": "<x-7>"})
    shown = (await service.call("GET", f"/console/reports/{report}", headers=analyst)).text
    assert "unknown badge number · <bdi>&lt;X-7&gt;</bdi>" in shown


async def test_a_case_is_told_by_its_names_wherever_it_is_named(service: Service) -> None:
    analyst = session(service, Role.FRAUD)
    claimed = {"plate": "ABC-1234", "phone": "0912 345 678"}
    for name in (*["<林志明>"] * 4, *["陳美玲"] * 2, "王大明"):
        await file_report(service, claimed={**claimed, "name": name})
    await link_due(service.runtime)
    listed = (await service.call("GET", "/console/cases", headers=analyst)).text
    (case_id,) = set(re.findall(r'href="/console/cases/([^"]+)"', listed))
    called = f"{case_id}</a>&nbsp;· <bdi>&lt;林志明&gt;</bdi>&nbsp;· <bdi>陳美玲</bdi></"
    assert called in listed
    page = (await service.call("GET", f"/console/cases/{case_id}", headers=analyst)).text
    ids = re.findall(r'name="report_ids" value="([^"]+)"', page)
    shown = (await service.call("GET", f"/console/reports/{ids[0]}", headers=analyst)).text
    assert called in shown
    split = {"act": "split", "report_ids": ids[:1]}
    path = f"/console/cases/{case_id}/reports"
    parted = await service.call("POST", path, data=split, headers=analyst)
    other = (await service.call("GET", parted.headers["location"], headers=analyst)).text
    assert called in other.partition("Kept apart by hand from")[2]


async def test_cases_are_worked_without_javascript(service: Service) -> None:
    analyst = session(service, Role.FRAUD)
    empty = await service.call("GET", "/console/cases", headers=analyst)
    assert "No reports have been linked yet." in empty.text
    claimed = {"plate": "<b>-1234", "phone": "0912 345 678", "name": "林志明"}
    for _ in range(3):
        await file_report(service, claimed=claimed)
    await link_due(service.runtime)
    listed = (await service.call("GET", "/console/cases", headers=analyst)).text
    path = "/console/cases/" + listed.partition('href="/console/cases/')[2].partition('"')[0]
    page = (await service.call("GET", path, headers=analyst)).text
    ids = re.findall(r'name="report_ids" value="([^"]+)"', page)
    assert len(set(ids)) == 3
    assert "same phone <bdi>+886912345678</bdi>" in page
    assert re.search(r"Score (\d+): its gravest report \+\d+, met within", page)
    assert re.search(r"<div>its gravest report \+\d+, met within", listed)
    assert "· automatic linking</span>" in page
    assert "<dt>number plate</dt><dd><bdi>&lt;b&gt;-1234</bdi> ×3</dd>" in page
    shown = (await service.call("GET", f"/console/reports/{ids[2]}", headers=analyst)).text
    assert f'href="{path}"' in shown
    assert "· the reporter</span>" in shown
    for data, status, said in (
        ({"act": "split"}, 422, "Choose reports first. Nothing was changed."),
        ({"act": "pin"}, 422, "Choose reports first. Nothing was changed."),
        ({"act": "split", "report_ids": ids}, 422, "leaves at least one behind. Nothing was"),
        ({"act": "odd", "report_ids": ids}, 422, ""),
        ({"act": "pin", "report_ids": ids[:1]}, 303, ""),
        ({"act": "unpin", "report_ids": ids[:1]}, 303, ""),
    ):
        done = await service.call("POST", f"{path}/reports", data=data, headers=analyst)
        assert (done.status_code, said in done.text) == (status, True), data
    kept = await service.call(
        "POST", f"{path}/reports", data={"act": "split", "report_ids": ids}, headers=analyst
    )
    assert kept.text.count(" checked ") == 3
    data = {"act": "split", "report_ids": ids[:1]}
    made = await service.call("POST", f"{path}/reports", data=data, headers=analyst)
    new = made.headers["location"].partition("?")[0]
    page = (await service.call("GET", f"{new}?saved=true", headers=analyst)).text
    assert "Saved." in page
    assert f'Kept apart by hand from: <a href="{path}">' in page
    await merges_and_takes_back(service, path, new, ids[0])


async def test_a_link_says_its_span_in_days_and_what_far_means(service: Service) -> None:
    told = {"claimed": {"phone": "0912 345 678", "plate": "ABC-1234"}}
    near = {"text": "x", "latitude": 25.03, "longitude": 121.56}
    far = {"text": "x", "latitude": 22.63, "longitude": 120.30}
    await file_report(service, occurred_at="2026-11-13T14:00:00Z", place=near, **told)
    await file_report(service, occurred_at="2026-11-24T03:00:00Z", place=far, **told)
    await link_due(service.runtime)
    analyst = session(service, Role.FRAUD)
    listed = (await service.call("GET", "/console/cases", headers=analyst)).text
    path = "/console/cases/" + listed.partition('href="/console/cases/')[2].partition('"')[0]
    page = (await service.call("GET", path, headers=analyst)).text
    assert ", 11 days apart" in page  # 253 hours
    assert " h apart" not in page
    assert "<li>not where the case was to be expected · " in page


async def merges_and_takes_back(service: Service, path: str, new: str, report: str) -> None:
    """Compare a case with the one that was split from it, merge them, and take that back."""
    analyst = session(service, Role.FRAUD)
    for other, said in (
        ("FC_None", "There is no case with the number FC_None."),
        ("", "Nothing was changed."),
        (path[15:], "own number. Nothing was changed."),
    ):
        refused = await service.call(
            "GET", f"{path}/merge", params={"other_id": other}, headers=analyst
        )
        assert (refused.status_code, said in refused.text) == (422, True), other
        assert f'name="other_id" value="{other}"' in refused.text
    params = {"other_id": f" {new[15:].upper()} "}
    asked = await service.call("GET", f"{path}/merge", params=params, headers=analyst)
    cells = re.findall(
        r'scope="row">(.*?)</th><td role="cell">(.*?)</td><td', asked.text, re.DOTALL
    )
    assert ("Reports", "2") in cells
    (plate,) = [found for words, found in cells if words == "number plate"]
    assert "<bdi>&lt;b&gt;-1234</bdi> ×2 <b>= in both</b>" in plate
    assert "People have kept these two apart" in asked.text
    unchanged = (await service.call("GET", path, headers=analyst)).text
    assert "<b>merged</b>" not in unchanged
    assert "/take-back" not in unchanged
    for act, other, status in (
        ("merge", "fc_none", 422),
        ("take-back", new[15:], 409),
        ("merge", new[15:], 303),
    ):
        done = await service.call(
            "POST", f"{path}/{act}", data={"other_id": other}, headers=analyst
        )
        assert done.status_code == status, (act, other)
    saved = (await service.call("GET", f"{path}?saved=true", headers=analyst)).text
    assert f"Reports that came from {new[15:]}: 1." in saved
    assert f'<b>merged</b> {new[15:]} <a href="/console/reports/{report}">' in saved
    assert saved.count(f'action="{path}/take-back"') == 2  # beside the news, and in the history
    gone = (await service.call("GET", new, headers=analyst)).text
    assert f'Its reports are in <a href="{path}">' in gone
    assert "Case that was merged into another" in gone
    assert "gravest" not in gone
    assert "Case of 0 reports" not in gone
    assert 'name="other_id"' not in gone  # nothing is there to compare
    late = await service.call("POST", f"{new}/merge", data={"other_id": path[15:]}, headers=analyst)
    assert (late.status_code, "One of the two cases is closed" in late.text) == (409, True)
    for status in (303, 409):
        data = {"other_id": new[15:]}
        back = await service.call("POST", f"{path}/take-back", data=data, headers=analyst)
        assert back.status_code == status
    again = (await service.call("GET", new, headers=analyst)).text
    assert f'value="{report}"' in again
    assert "Its reports are in" not in again
