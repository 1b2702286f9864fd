"""Reports from the first word to the last message: sent, tracked, filtered, changed, opened."""

import asyncio
import io
import json
import os
import re
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from api import body_limits
from api.body_limits import Bound
from domain.callers import Role
from domain.reports import ReportOrder
from service import demo as demo_service
from service.cursors import write_cursor
from service.evidence import remove_orphans
from service.linking import link_due
from tests.e2e.conftest import Demo
from tests.reports import REPORT, files_of, image, queue, send
from tests.services import FAR, HOME, Door, Service, running

EN = {"Accept-Language": "en"}


async def one_report(service: Service, *evidence: bytes, **changes: Any) -> tuple[str, str]:  # noqa: ANN401 - JSON
    """Send a report; return its tracking code and id."""
    sent = await send(service, *evidence, **changes)
    assert sent.status_code == 201, sent.text
    assert sent.json()["status"] == "new"
    return sent.json()["tracking_code"], (await queue(service))[0]["id"]


async def test_a_report_comes_in_whole(service: Service) -> None:
    _, report_id = await one_report(service, *(image(kind) for kind in ("JPEG", "PNG", "WEBP")))
    path = f"/v1/fraud/reports/{report_id}"
    detail = (await service.call("GET", path, role=Role.AUDITOR)).json()
    assert detail["place"] == REPORT["place"]
    assert detail["claimed"]["name"] == "王大明"
    assert (detail["severity"], detail["kind"], detail["language"]) == (
        "high",
        "impersonation",
        "zh-Hant",
    )
    assert len(detail["evidence"]) == detail["evidence_count"] == 3
    assert [one["kind"] for one in detail["history"]] == ["received"]
    said = json.dumps(detail)
    for secret in ("Reporter Lee", "933 444", "933444", "lee@"):
        assert secret not in said
    assert len(files_of(service)) == 3


async def test_reporter_and_team_talk_through_the_tracking_code(service: Service) -> None:
    code, report_id = await one_report(service)
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{2}", code)
    track = f"/v1/reports/{code.lower().replace('-', '')}"
    first = (await service.call("GET", track)).json()
    assert (first["status"], first["messages"]) == ("new", [])
    service.wait(minutes=5)
    path = f"/v1/fraud/reports/{report_id}"
    body = {"status": "investigating", "note": "inside", "message_to_reporter": "We called you."}
    changed = await service.call("PATCH", path, body, role=Role.FRAUD, subject="A-1")
    assert [(one["actor"], one["kind"], one["text"]) for one in changed.json()["history"]] == [
        ("reporter", "received", ""),
        ("A-1", "status", "new -> investigating"),
        ("A-1", "note", "inside"),
        ("A-1", "message", "We called you."),
    ]
    then = (await service.call("GET", track)).json()
    assert then["status"] == "investigating"
    assert then["updated_at"] > first["updated_at"]
    assert [one["text"] for one in then["messages"]] == ["We called you."]
    same = await service.call("PATCH", path, {"status": "investigating"}, role=Role.FRAUD)
    assert len(same.json()["history"]) == 4
    nothing = await service.call("PATCH", path, {}, role=Role.FRAUD)
    assert nothing.status_code == 422
    page = await service.call("POST", "/track", data={"tracking_code": code}, headers=EN)
    assert "We called you." in page.text
    assert 'data-status="investigating"' in page.text


async def test_unknown_codes_look_alike_in_answer_and_in_work(service: Service) -> None:
    code, _ = await one_report(service)
    statements: list[str] = []

    def heard(_c: object, _k: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(service.runtime.engine.sync_engine, "before_cursor_execute", heard)
    bodies, work = set(), set()
    for guess in ("x", code[:-1], "0" * 26, "é" * 30, code):
        statements.clear()
        answer = await service.call("GET", f"/v1/reports/{guess}")
        work.add(tuple(statements))
        if guess != code:
            assert answer.status_code == 404
            bodies.add(json.dumps({**answer.json(), "request_id": ""}))
    assert len(bodies) == len(work) == 1
    page = await service.call("POST", "/track", data={"tracking_code": "x"}, headers=EN)
    assert page.status_code == 404
    assert "We know no such code" in page.text


async def test_the_queue_is_filtered(service: Service) -> None:
    await send(service)
    service.wait(days=1)
    await send(
        service, description="另一件事 Taxi", claimed={"phone": "02 2345 6789"}, asked_for=[]
    )
    first, last = "2026-11-24", "2026-11-25"
    for filters, count in (
        ({}, 2),
        ({"q": "陈 先生 OWED"}, 1),
        ({"q": "ＴＡＸＩ"}, 1),
        ({"q": "100%"}, 0),
        ({"q": "_"}, 0),
        ({"status": "new"}, 2),
        ({"status": "confirmed"}, 0),
        ({"severity": "high"}, 1),
        ({"kind": "misconduct"}, 0),
        ({"from": last}, 1),
        ({"to": first}, 1),
        ({"from": first, "to": last}, 2),
        ({"phone": "+886912345678"}, 1),
        ({"phone": "nothing"}, 0),
        ({"badge_number": "B-S-1"}, 1),
        ({"badge_number": " "}, 0),
        ({"badge_number": "B-S-1", "severity": "high", "q": "cash", "to": last}, 1),
    ):
        assert len(await queue(service, **filters)) == count, filters
    page = await service.call("GET", "/v1/fraud/reports?limit=1", role=Role.FRAUD)
    assert page.json()["items"][0]["description"] == "另一件事 Taxi"
    rest = await queue(service, limit="1", cursor=page.json()["next_cursor"])
    assert "陳先生" in rest[0]["description"]
    for wrong in ("cursor=x", "cursor=WzEsMl0", "from=9999-12-32", "status=none"):
        refused = await service.call("GET", f"/v1/fraud/reports?{wrong}", role=Role.FRAUD)
        assert refused.status_code == 422, wrong


async def test_letters_find_no_phone_that_was_none(service: Service) -> None:
    await send(service, claimed={"phone": "hello"})
    assert len(await queue(service)) == 1
    assert await queue(service, phone="abc") == []


async def test_a_score_beyond_all_scores_is_no_cursor(service: Service) -> None:
    cursor = write_cursor(service.now, f"{'9' * 26}-rp_x")
    path = f"/v1/fraud/reports?sort=score&cursor={cursor}"
    assert (await service.call("GET", path, role=Role.FRAUD)).status_code == 422


SEEN: dict[str, dict[str, Any]] = {
    "ming": {"claimed": {"name": "王大明", "plate": "ABC-1234"}, "payee": "012-345-678901"},
    "sound": {"claimed": {"name": "汪達明先生", "plate": "A8C 1234"}},
    "latin": {"claimed": {"name": "Wang Da-Ming"}, "payee": "Wang 012 345 678 901"},
    "far": {"claimed": {"name": "李四", "plate": "abc1234"}, "place": {"text": "-", **FAR}},
    "nowhere": {"claimed": {}, "place": None},
    "date line": {"claimed": {}, "place": {"text": "-", "latitude": -16.5, "longitude": 179.99}},
    "pole": {"claimed": {}, "place": {"text": "-", "latitude": 89.99, "longitude": 10.0}},
}


async def test_the_queue_is_filtered_by_indicators_and_place(service: Service) -> None:
    for name, changes in SEEN.items():
        place = {"place": {"text": "-", **HOME}, "description": name}
        await send(service, **{**place, **changes})
        service.wait(seconds=1)
    home, all_of = "25.0330,121.5654", list(SEEN)
    asked: list[tuple[dict[str, str], list[str]]] = [
        ({"alias": "王大銘"}, ["ming", "sound", "latin"]),
        ({"alias": "李四"}, ["far"]),
        ({"alias": "…"}, []),
        ({"plate": "abc 1234"}, ["ming", "sound", "far"]),
        ({"payee": "012345678901"}, ["ming", "latin"]),
        ({"payee": "012345678901", "plate": "ABC1234"}, ["ming"]),
        ({"near": f"{home},1"}, ["ming", "sound", "latin"]),
        ({"near": f"{home},19.9"}, ["ming", "sound", "latin"]),  # `far` lies 20.0 km north
        ({"near": f"{home},20.1"}, all_of[:4]),
        ({"near": f"{home},20.1", "plate": "ABC1234"}, ["ming", "sound", "far"]),
        ({"near": f"{home},1", "to": "2026-11-23"}, []),
        ({"near": "-16.5,-179.99,3"}, ["date line"]),
        ({"near": "-16.5,-179.99,2"}, []),
        ({"near": "89.99,-170,3"}, ["pole"]),
        ({"sort": "received_at"}, all_of[::-1]),
        ({"sort": "received_at", "near": f"{home},50", "q": "a"}, all_of[3::-1]),
    ]
    for filters, found in asked:
        listed = [one["description"] for one in await queue(service, **filters)]
        assert listed == found[::-1], filters
        by_score = await queue(service, **{**filters, "sort": "score"})
        assert {one["description"] for one in by_score} == set(found), filters
    await link_due(service.runtime)
    for filters, found in asked:
        by_score = await queue(service, **{**filters, "sort": "score"})
        assert {one["description"] for one in by_score} == set(found), filters
    for filters in ({}, {"near": f"{home},50"}, {"plate": "abc1234"}):
        for sort in ReportOrder:
            whole = [one["id"] for one in await queue(service, sort=sort, **filters)]
            assert whole == await paged(service, {"sort": sort, **filters}), filters
    for wrong in ("1,2", "91,0,1", "0,181,1", "0,0,0", "0,0,51", "nan,0,1", "0,0,nan", "a,b,c", ""):
        refused = await service.call(
            "GET", "/v1/fraud/reports", role=Role.FRAUD, params={"near": wrong}
        )
        assert refused.status_code == 422, wrong


async def paged(service: Service, filters: dict[str, str]) -> list[str]:
    """Return the ids of a list that is read one by one."""
    ids: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        params = {**filters, "limit": "1", **cursor}
        page = await service.call("GET", "/v1/fraud/reports", role=Role.FRAUD, params=params)
        ids += [one["id"] for one in page.json()["items"]]
        if page.json()["next_cursor"] is None:
            return ids
        cursor = {"cursor": page.json()["next_cursor"]}


async def test_opening_a_contact_goes_on_record(service: Service) -> None:
    _, report_id = await one_report(service)
    path = f"/v1/fraud/reports/{report_id}"
    for body in ({}, {"reason": " "}):
        refused = await service.call("POST", f"{path}/contact", body, role=Role.FRAUD)
        assert refused.status_code == 422
    auditor = await service.call("POST", f"{path}/contact", {"reason": "x"}, role=Role.AUDITOR)
    assert auditor.status_code == 403
    asked = {"reason": "to ask for the plate"}
    shown = await service.call("POST", f"{path}/contact", asked, role=Role.FRAUD, subject="A-1")
    assert shown.json() == REPORT["contact"]
    history = (await service.call("GET", path, role=Role.FRAUD)).json()["history"]
    assert [(one["actor"], one["kind"], one["text"]) for one in history[1:]] == [
        ("A-1", "contact_revealed", "to ask for the plate")
    ]
    async with service.runtime.engine.connect() as connection:
        rows = str((await connection.exec_driver_sql("SELECT * FROM report")).all())
    for secret in ("Reporter Lee", "933", "lee@", "Harbour Road"):
        assert secret not in rows


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"description": " "}, "report.description"),
        ({"occurred_at": 1}, "report.occurred_at"),
        ({"occurred_at": "2026-11-24T11:30:00"}, "report.occurred_at"),
        ({"extra": 1}, "report: Extra"),
        ({"description": "x" * 4097}, "report.description"),
        ({"description": "x\0"}, "report.description"),
        ({"asked_for": ["gold"]}, "report.asked_for.0"),
        ({"place": {"text": "x", "latitude": "1"}}, "report.place.latitude"),
        ({"occurred_at": "2027-11-24T11:30:00Z"}, "future"),
    ],
    ids=str,
)
async def test_a_report_of_a_wrong_shape_changes_nothing(
    service: Service, changes: dict[str, Any], where: str
) -> None:
    refused = await send(service, image(), **changes)
    assert refused.status_code == 422
    assert where in refused.json()["detail"]
    assert "x" * 100 not in refused.text
    assert await queue(service) == []
    assert files_of(service) == []


async def test_too_many_too_large_and_foreign_parts_are_refused(service: Service) -> None:
    assert (await send(service, *[image()] * 11)).status_code == 422
    large = await send(service, b"\xff" * 10_000_001)
    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    text = json.dumps(REPORT)
    parts: list[dict[str, Any]] = [
        {"files": {"other": b"x"}, "data": {"report": text}},
        {"files": {"evidence": image()}},
        {"data": {"evidence": "text"}, "files": {"report": text}},
    ]
    for sent in parts:
        assert (await service.client.post("/v1/reports", **sent)).status_code == 422
    as_file = await service.client.post("/v1/reports", files={"report": text})
    assert as_file.status_code == 201
    plain = await service.client.post("/v1/reports", content=b"x")
    assert (plain.status_code, plain.json()["code"]) == (415, "unsupported_media")
    headers = {"Content-Type": "application/json"}
    for content, status in ((b"{", 422), (b"x" * 70_000, 413), (b"[" * 60_000, 422)):
        sent_json = await service.client.post("/v1/reports", content=content, headers=headers)
        assert sent_json.status_code == status


async def test_the_eleventh_report_of_an_hour_is_refused(migrated_url: str, tmp_path: Path) -> None:
    async with running(migrated_url, tmp_path / "data", rate_limits="on") as service:
        for _ in range(10):
            assert (await service.call("POST", "/v1/reports", REPORT)).status_code == 201
        refused = await service.call("POST", "/v1/reports", REPORT)
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert (await service.call("POST", "/report", data={}, headers=EN)).status_code == 429
        codes = [(await service.call("GET", "/v1/reports/x")).status_code for _ in range(21)]
        assert codes == [404] * 20 + [429]


async def test_a_crash_before_the_commit_leaves_nothing_for_long(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await one_report(service, image())
    kept = files_of(service)
    monkeypatch.setattr("service.reports.writing", None)  # dies after the files, before the rows
    assert (await send(service, image(), image())).status_code == 500
    monkeypatch.undo()
    assert len(files_of(service)) == len(kept) + 3  # two images and their note
    for name in files_of(service):  # the service's clock is the test's
        at = service.now.timestamp() - 1800
        os.utime(service.runtime.evidence.folder / name, (at, at))
    (service.runtime.evidence.folder / f"{kept[0]}.pending").write_text(kept[0])
    await remove_orphans(service.runtime)
    assert len(files_of(service)) == len(kept) + 4  # may still be on its way to a commit
    service.wait(hours=2)
    os.utime(service.runtime.evidence.folder / f"{kept[0]}.pending", (0, 0))
    await remove_orphans(service.runtime)
    assert files_of(service) == kept


async def test_a_full_disk_leaves_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) > 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    refused = await send(service, image(), image(), image())
    assert refused.status_code == 503
    assert files_of(service) == []
    monkeypatch.undo()
    assert await queue(service) == []


def body_of(*images: bytes) -> tuple[bytes, str]:
    """Return a multipart body and its media type."""
    files: list[Any] = [("report", (None, json.dumps(REPORT)))]
    files += [("evidence", ("a.jpg", io.BytesIO(one), "image/jpeg")) for one in images]
    request = httpx.Request("POST", "http://x", files=files)
    return request.read(), request.headers["content-type"]


async def upload(  # noqa: PLR0913 - what a line can do
    demo: Demo,
    body: bytes,
    media_type: str,
    *,
    rate: float = 10_000_000,
    stop: int,
    hangs_up: bool = False,
) -> bytes:
    """Send a body at a rate (bytes a second), at most `stop` bytes; return the answer."""
    host, port = demo.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"POST /v1/reports HTTP/1.1\r\nHost: {host}\r\nContent-Type: {media_type}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode())
    started, sent = time.monotonic(), 0
    while sent < min(stop, len(body)):
        piece = body[sent : min(stop, sent + 8192)]
        writer.write(piece)
        await writer.drain()
        sent += len(piece)
        await asyncio.sleep(max(0, started + sent / rate - time.monotonic()))
    if hangs_up:
        writer.close()
        return b""
    answer = await reader.read()
    writer.close()
    return answer


def reports_in(demo: Demo) -> int:
    """Count the reports of the running demo."""

    async def count() -> int:
        async with demo.runtime.engine.connect() as connection:
            found = await connection.exec_driver_sql("SELECT count(*) FROM report")
            return int(found.scalar_one())

    found = demo.run(count())
    assert isinstance(found, int)
    return found


async def test_ten_photos_on_a_slow_line_arrive_whole(demo: Demo) -> None:
    body, media_type = body_of(*(image(size=(120, 90)) for _ in range(10)))
    before = reports_in(demo)
    started = time.monotonic()
    answer = await upload(demo, body, media_type, rate=50_000, stop=len(body))  # 400 kbit/s
    assert answer.startswith(b"HTTP/1.1 201")
    assert time.monotonic() - started >= len(body) / 50_000 - 0.2
    assert reports_in(demo) == before + 1


async def test_an_upload_cut_off_half_way_leaves_nothing(demo: Demo) -> None:
    body, media_type = body_of(image(), image())
    before = reports_in(demo)
    folder = demo.runtime.evidence.folder
    files = set(folder.iterdir()) if folder.is_dir() else set()
    for stop in (10, len(body) // 2, len(body) - 1):
        await upload(demo, body, media_type, stop=stop, hangs_up=True)
    await asyncio.sleep(0.5)
    assert reports_in(demo) == before
    assert (set(folder.iterdir()) if folder.is_dir() else set()) == files


async def test_a_body_that_never_ends_is_given_up(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_limits, "bound_of", lambda _: Bound(1_000_000, 0.3))
    body, media_type = body_of(image())
    answer = await upload(demo, body, media_type, stop=len(body) // 2)
    head, _, problem = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in head.lower()
    assert json.loads(problem)["code"] == "timeout"


def test_only_reports_with_photos_may_be_large() -> None:
    def bound(method: str, path: str, media_type: str = "") -> int:
        headers = [(b"content-type", media_type.encode())]
        return body_limits.bound_of({"method": method, "path": path, "headers": headers}).size

    assert bound("POST", "/v1/reports", "multipart/form-data; boundary=x") == 50_000_000
    assert bound("POST", "/report", "Multipart/Form-Data; boundary=x") == 50_000_000
    for path in (
        "/v1/reports/x/additions",
        "/v1/desk/reports",
        "/track/additions",
        "/console/desk/report",
    ):
        assert bound("POST", path, "multipart/form-data; boundary=x") == 50_000_000
    assert bound("PUT", "/v1/registry/staff/S-1/photo") == 10_000_000
    for method, path, media_type in (
        ("POST", "/v1/reports", "application/json"),
        ("POST", "/v1/reports/x", "multipart/form-data"),
        ("POST", "/v1/reports/x/withdraw", "multipart/form-data"),
        ("POST", "/v1/visits", "multipart/form-data"),
        ("PUT", "/v1/visits", ""),
    ):
        assert bound(method, path, media_type) == 65_536


async def test_the_page_sends_a_report_and_shows_its_code(service: Service) -> None:
    form = {
        "description": "odd",
        "date": "2026-11-24",
        "time": "11:30",
        "name": "王大明",
        "phone": "",
        "asked_for": ["cash", "entry"],
        "contact_phone": "0933444555",
        "place": "at home",
    }
    files = [("evidence", ("a.png", image("PNG"))), ("evidence", ("b.jpg", image()))]
    sent = await service.client.post("/report", data=form, files=files, headers=EN)
    assert (sent.status_code, sent.headers["location"]) == (303, "/report/sent")
    shown = await service.call("GET", "/report/sent", headers=EN)
    found = re.search(r'id="tracking-code">([0-9A-Z-]+)<', shown.text)
    assert found is not None
    assert (await service.call("GET", f"/v1/reports/{found[1]}")).status_code == 200
    (report,) = await queue(service)
    assert report["occurred_at"] == "2026-11-24T03:30:00Z"
    assert (report["evidence_count"], report["has_contact"]) == (2, True)
    assert report["asked_for"] == ["cash", "entry"]
    empty = {"evidence": ("", b"")}  # what a browser sends for a field without files
    again = await service.client.post("/report", data=form, files=empty, headers=EN)
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"description": ""}, "wrong-description"),
        ({"date": ""}, "wrong-occurred_at"),
        ({"date": "2027-01-01"}, "wrong-occurred_at"),
        ({"badge_number": "x" * 65}, "wrong-badge_number"),
        ({"contact_email": "x" * 201}, "wrong-contact_email"),
        ({"place": "x" * 201}, "wrong-place"),
    ],
)
async def test_a_form_that_cannot_be_sent_keeps_what_was_typed(
    service: Service, changes: dict[str, str], wrong: str
) -> None:
    form = {"description": "odd", "date": "2026-11-24", "time": "11:30", "payee": "kept", **changes}
    refused = await service.call("POST", "/report", data=form, headers=EN)
    assert refused.status_code == 422
    assert f'id="{wrong}"' in refused.text
    assert f'aria-describedby="{wrong}"' in refused.text
    assert 'value="kept"' in refused.text
    bad = await service.client.post(
        "/report",
        data={**form, **{one: "x" for one in changes if one == "place"}, "description": "odd"},
        files={"evidence": ("a.png", b"x")},
        headers=EN,
    )
    assert bad.status_code == 422
    assert await queue(service) == []


async def test_the_form_is_filled_from_this_browsers_own_answer_only(door: Door) -> None:
    service = door.service
    form = {"kind": "visit_code", "visit_code": door.code()}
    await service.call("POST", "/check", data=form)
    shown = await service.call("GET", "/r", headers=EN)
    found = re.search(r'href="/report\?from=(ve_[\w-]+)"', shown.text)
    assert found is not None
    path = f"/report?from={found[1]}"
    filled = await service.call("GET", path, headers=EN)
    assert 'value="林志明"' in filled.text
    assert f'name="verification_id" value="{found[1]}"' in filled.text
    assert "林志明" not in (await service.call("GET", "/report?from=ve_x", headers=EN)).text
    service.client.cookies.clear()
    for stranger in (path, "/report?from=x", "/report"):
        assert "林志明" not in (await service.call("GET", stranger, headers=EN)).text
    sent = {"description": "odd", "date": "2026-11-24", "time": "11:30"}
    await service.call("POST", "/report", data={**sent, "verification_id": found[1]})
    (report,) = await queue(service)
    detail = await service.call("GET", f"/v1/fraud/reports/{report['id']}", role=Role.FRAUD)
    assert detail.json()["verification"]["reason"] == "authorised"


async def test_an_answer_says_where_to_report(door: Door) -> None:
    answer = await door.scan()
    assert answer["report_url"] == f"https://verify.bank.example/report?from={answer['id']}"


async def test_the_demo_has_an_analyst_and_a_desk(service: Service) -> None:
    roles = {role for person in demo_service.people(service.runtime) for role in person.roles}
    assert {Role.FRAUD, Role.DESK} <= roles
