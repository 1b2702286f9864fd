"""Intake: repeats are folded, reporters add and withdraw, the desk writes down, a quiet page."""

import asyncio
import json
import re
from typing import Any

import httpx
import pytest

from domain.callers import Role
from service import additions
from tests.e2e.http.test_console import session
from tests.reports import REPORT, files_of, image, queue, send
from tests.services import Service, running

EN = {"Accept-Language": "en"}
OTHER = {"description": "Another man in a blue car asked for a signature.", "claimed": {}}


async def sent(service: Service, *evidence: bytes, **changes: Any) -> str:  # noqa: ANN401 - JSON
    """Send a report and return its tracking code."""
    answer = await send(service, *evidence, **changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["tracking_code"])


async def detail_of(service: Service, report_id: str) -> dict[str, Any]:
    answer = await service.call("GET", f"/v1/fraud/reports/{report_id}", role=Role.FRAUD)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def patch(
    service: Service, report_id: str, subject: str = "A-1", **changes: object
) -> httpx.Response:
    path = f"/v1/fraud/reports/{report_id}"
    return await service.call("PATCH", path, changes, role=Role.FRAUD, subject=subject)


async def add(service: Service, code: str, text: str | None, *images: bytes) -> httpx.Response:
    said = json.dumps({} if text is None else {"text": text})
    files: list[Any] = [("addition", (None, said, "application/json"))]
    files += [("evidence", ("a.jpg", one, "image/jpeg")) for one in images]
    return await service.client.post(f"/v1/reports/{code}/additions", files=files)


async def test_a_repeated_report_is_kept_and_folded_under_the_first(service: Service) -> None:
    first_code = await sent(service, image())
    service.wait(minutes=10)
    again = f"{REPORT['description']}!"
    second_code = await sent(service, image(), image(), description=again)
    await sent(service, **OTHER)
    assert first_code != second_code
    listed = await queue(service)
    assert [one["duplicate_count"] for one in listed] == [0, 1]
    first = await detail_of(service, listed[1]["id"])
    (other,) = first["duplicates"]
    assert other["description"] == again
    assert len(other["evidence"]) == 2
    for report_id, one in (
        (first["id"], first["evidence"][0]),
        (other["id"], other["evidence"][1]),
    ):
        path = f"/v1/fraud/reports/{report_id}/evidence/{one['id']}"
        assert (await service.call("GET", path, role=Role.FRAUD)).status_code == 200
    assert (await detail_of(service, other["id"]))["duplicate_of"] == first["id"]
    service.wait(minutes=1)
    body = {"status": "triaged", "message_to_reporter": "Seen."}
    assert (await patch(service, first["id"], **body)).status_code == 200
    for code in (first_code, second_code):
        tracked = (await service.call("GET", f"/v1/reports/{code}")).json()
        assert (tracked["status"], [one["text"] for one in tracked["messages"]]) == (
            "triaged",
            ["Seen."],
        )
    refused = await patch(service, other["id"], status="investigating")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert (await patch(service, other["id"], note="the same handwriting")).status_code == 200
    assert (await add(service, second_code, "A dent, too.")).status_code == 201
    first = await detail_of(service, first["id"])
    assert (first["addition_count"], first["history"][-1]["text"]) == (
        1,
        f"{other['id']} was added to",
    )
    told = (await service.call("GET", f"/v1/reports/{first_code}")).json()
    assert told["additions"] == []  # not this reporter's words
    page = await service.call(
        "GET", f"/console/reports/{first['id']}", headers=session(service, Role.FRAUD)
    )
    assert f'href="/console/reports/{other["id"]}"' in page.text


async def test_nobody_learns_from_his_report_that_somebody_reported_before(
    service: Service,
) -> None:
    await sent(service)
    (first,) = await queue(service)
    assert (await patch(service, first["id"], status="triaged")).status_code == 200
    service.wait(minutes=1)
    again = await send(service)
    code = again.json()["tracking_code"]
    tracked = (await service.call("GET", f"/v1/reports/{code}")).json()
    assert [one["duplicate_count"] for one in await queue(service)] == [1]
    assert (again.json()["status"], tracked["status"]) == ("new", "new")
    gone = await sent(service)
    assert (await service.client.post(f"/v1/reports/{gone}/withdraw")).status_code == 200
    service.wait(minutes=1)
    told = {"status": "investigating", "message_to_reporter": "Seen."}
    assert (await patch(service, first["id"], **told)).status_code == 200
    for one, status, messages in ((code, "investigating", 1), (gone, "withdrawn", 0)):
        tracked = (await service.call("GET", f"/v1/reports/{one}")).json()
        assert (tracked["status"], len(tracked["messages"])) == (status, messages)


async def test_a_report_folded_wrongly_goes_back_into_the_queue(service: Service) -> None:
    await sent(service)
    await sent(service)
    (first,) = await queue(service)
    (other,) = (await detail_of(service, first["id"]))["duplicates"]
    path = f"/v1/fraud/reports/{other['id']}/separate"
    apart = await service.call("POST", path, role=Role.FRAUD)
    assert (apart.json()["duplicate_of"], apart.json()["due_at"] is None) == (None, False)
    assert [one["duplicate_count"] for one in await queue(service)] == [0, 0]
    assert (await service.call("POST", path, role=Role.FRAUD)).status_code == 409


@pytest.mark.parametrize(
    "changes",
    [
        {"claimed": {**REPORT["claimed"], "phone": "0912 345 679"}},
        {"occurred_at": "2026-11-24T10:30:00+08:00"},
        {"place": {"text": "9 Mountain Lane", "latitude": 25.1, "longitude": 121.56}},
        {"description": "He said 陳先生 must sign a paper and let him look at the kitchen."},
    ],
    ids=str,
)
async def test_another_visit_is_not_a_duplicate(service: Service, changes: dict[str, Any]) -> None:
    await sent(service)
    await sent(service, **changes)
    assert [one["duplicate_count"] for one in await queue(service)] == [0, 0]


async def test_a_closed_or_old_report_takes_no_duplicates(service: Service) -> None:
    await sent(service)
    (first,) = await queue(service)
    await patch(service, first["id"], "A-1", status="dismissed")
    await patch(service, first["id"], "A-2", status="dismissed")
    await sent(service)
    assert len(await queue(service)) == 2
    await sent(service)  # this one repeats the second, which is open
    assert sorted(one["duplicate_count"] for one in await queue(service)) == [0, 1]
    service.wait(days=4)
    await sent(service)
    assert len(await queue(service)) == 3


async def test_two_retries_at_once_leave_one_in_the_queue(service: Service) -> None:
    await asyncio.gather(*(send(service) for _ in range(4)))
    (first,) = await queue(service)
    assert first["duplicate_count"] == 3
    assert len((await detail_of(service, first["id"]))["duplicates"]) == 3


async def test_a_reporter_adds_facts(service: Service) -> None:
    code = await sent(service, image())
    service.wait(minutes=3)
    added = await add(service, code, "The car was blue.", image(), image("PNG"))
    assert added.status_code == 201, added.text
    assert [one["text"] for one in added.json()["additions"]] == ["The car was blue."]
    only_text = await service.call("POST", f"/v1/reports/{code}/additions", {"text": "And old."})
    assert len(only_text.json()["additions"]) == 2
    (report,) = await queue(service)
    assert (report["addition_count"], report["evidence_count"]) == (2, 3)
    detail = await detail_of(service, report["id"])
    assert len(detail["evidence"]) == 3
    assert [(one["kind"], one["actor"]) for one in detail["history"]][1:] == [
        ("addition", "reporter")
    ] * 2
    assert detail["description"] == REPORT["description"]
    kept = files_of(service)
    for refused, status in (
        (await add(service, code, None), 422),
        (await add(service, code, "x", b"no image"), 422),
        (await add(service, code, "x" * 4097), 422),
        (await add(service, "0" * 26, "x"), 404),
    ):
        assert refused.status_code == status, refused.text
    assert files_of(service) == kept


async def test_a_report_does_not_grow_without_end(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(additions, "MOST_ADDITIONS", 2)
    monkeypatch.setattr(additions, "MOST_IMAGES", 2)
    code = await sent(service, image())
    assert (await add(service, code, "1", image(), image())).status_code == 409
    at_once = await asyncio.gather(*(add(service, code, "1", image()) for _ in range(3)))
    assert sorted(one.status_code for one in at_once) == [201, 409, 409]
    assert (await add(service, code, "2", image())).status_code == 409
    assert (await add(service, code, "2")).status_code == 201
    assert (await add(service, code, "3")).status_code == 409
    assert len(files_of(service)) == 2


async def test_additions_count_as_reports(migrated_url: str, tmp_path: Any) -> None:  # noqa: ANN401 - pytest's
    async with running(migrated_url, tmp_path / "data", rate_limits="on") as service:
        code = await sent(service)
        for number in range(9):
            assert (await add(service, code, str(number))).status_code == 201
        limited = await add(service, code, "one too many")
        assert (limited.status_code, limited.json()["code"]) == (429, "rate_limited")


async def test_a_withdrawn_report_stays_on_record_and_its_duplicate_stands(
    service: Service,
) -> None:
    code = await sent(service)
    second = await sent(service)
    (first,) = await queue(service)
    await patch(service, first["id"], "A-9", assignee="me", status="triaged")
    await patch(service, first["id"], status="dismissed")
    gone = await service.call("POST", f"/v1/reports/{code}/withdraw")
    assert (gone.status_code, gone.json()["status"]) == (200, "withdrawn")
    withdrawn = await detail_of(service, first["id"])
    assert (withdrawn["status"], withdrawn["due_at"]) == ("withdrawn", None)
    assert withdrawn["history"][-1]["text"] == "triaged -> withdrawn"
    (heir,) = await queue(service)
    assert heir["id"] == withdrawn["duplicate_of"]
    assert (
        heir["status"],
        heir["assignee"],
        heir["closing"]["status"],
        heir["duplicate_count"],
    ) == (
        "triaged",
        "A-9",
        "dismissed",
        1,
    )
    await patch(service, heir["id"], "A-2", status="dismissed")
    closed = await service.call("POST", f"/v1/reports/{second}/withdraw")
    assert (closed.status_code, closed.json()["code"]) == (409, "conflict")
    assert (await detail_of(service, first["id"]))["status"] == "withdrawn"


async def test_the_track_page_adds_and_withdraws_without_scripts(service: Service) -> None:
    code = await sent(service)
    page = await service.call("POST", "/track", data={"tracking_code": code}, headers=EN)
    for form in ("/track/additions", "/track/withdraw"):
        assert f'action="{form}"' in page.text
    assert f'value="{code}"' in page.text
    data = {"tracking_code": code, "text": "Blue car <b>"}
    files = [("evidence", ("a.png", image("PNG")))]
    added = await service.client.post("/track/additions", data=data, files=files, headers=EN)
    assert (added.status_code, added.headers["location"]) == (303, "/track/added")
    shown = await service.call("GET", "/track/added", headers=EN)
    assert "Blue car &lt;b&gt;" in shown.text
    for wrong, bad in (({"text": " "}, ("", b"")), ({"text": "kept"}, ("x.png", b"x"))):
        refused = await service.client.post(
            "/track/additions",
            data={"tracking_code": code, **wrong},
            files={"evidence": bad},
            headers=EN,
        )
        assert refused.status_code == 422
        assert 'id="wrong-addition"' in refused.text
        assert wrong["text"].strip() in refused.text
    unsure = await service.call("POST", "/track/withdraw", data={"tracking_code": code}, headers=EN)
    assert (unsure.status_code, "Nothing was withdrawn" in unsure.text) == (422, True)
    sure = {"tracking_code": code, "sure": "yes"}
    done = await service.call("POST", "/track/withdraw", data=sure, headers=EN)
    assert (done.status_code, 'data-status="withdrawn"' in done.text) == (200, True)
    assert 'action="/track/withdraw"' not in done.text
    back = await service.call("GET", "/track/withdraw")  # what a change of language opens
    assert (back.status_code, back.headers["location"]) == (303, "/track")
    for path, status in (("/track", 200), ("/track/withdraw", 409), ("/track/additions", 422)):
        again = await service.client.post(path, data=sure, headers=EN)
        assert (again.status_code, 'data-status="withdrawn"' in again.text) == (status, True), path
        assert '<form method="post" action="/track/' not in again.text


async def test_the_desk_writes_a_report_down_for_a_caller(service: Service) -> None:
    made = await service.call(
        "POST", "/v1/desk/reports", {**REPORT, "language": "en"}, role=Role.DESK, subject="D-7"
    )
    assert made.status_code == 201, made.text
    (report,) = await queue(service)
    assert (report["entered_by"], report["language"]) == ("D-7", "en")
    assert (await detail_of(service, report["id"]))["history"][0]["actor"] == "D-7"
    clerk = session(service, Role.DESK, subject="D-8")
    shown = await service.call("GET", "/console/desk/report", headers=clerk)
    assert 'name="language"' in shown.text
    form = {
        "description": "Read to me.",
        "date": "2026-11-24",
        "time": "11:00",
        "language": "zh-Hans",
    }
    refused = await service.call(
        "POST", "/console/desk/report", data={**form, "description": ""}, headers=clerk
    )
    assert (refused.status_code, 'id="wrong-description"' in refused.text) == (422, True)
    service.wait(minutes=1)
    sent_to = await service.call("POST", "/console/desk/report", data=form, headers=clerk)
    assert sent_to.status_code == 303
    kept = f"{clerk['Cookie']}; {sent_to.headers['set-cookie'].partition(';')[0]}"
    there = sent_to.headers["location"]
    shown = await service.call("GET", there, headers={**clerk, "Cookie": kept})
    assert (await service.call("GET", there, headers=clerk)).headers["location"] == "/console/desk"
    found = re.search(r'id="tracking-code">([0-9A-Z-]+)<', shown.text)
    assert found is not None
    assert (await service.call("GET", f"/v1/reports/{found[1]}")).status_code == 200
    newest = (await queue(service))[0]
    assert (newest["entered_by"], newest["language"]) == ("D-8", "zh-Hans")


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
async def test_the_quiet_page_is_small_and_says_two_numbers(
    service: Service, language: str
) -> None:
    page = await service.call("GET", "/unsafe", headers={"Accept-Language": language})
    style = await service.call("GET", "/static/unsafe.css")
    assert len(page.content) + len(style.content) < 6_000
    assert re.findall(r'href="([^"]+)"', page.text) == [
        "/static/unsafe.css",
        "tel:110",
        "tel:0800024365",
        "about:blank",
    ]
    assert "<script" not in page.text
    assert "<form" not in page.text
    assert f'<html lang="{language}">' in page.text
    for linking in ("/", "/report"):
        assert 'href="/unsafe"' in (await service.call("GET", linking)).text
