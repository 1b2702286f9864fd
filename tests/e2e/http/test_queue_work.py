"""Working the queue: assignment, clocks, closing by two, hold, the last look, the police pack."""

import asyncio
import base64
import hashlib
import io
import re
import subprocess
import zipfile
import zlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.callers import Role
from domain.reports import ReportStatus
from domain.states import Language
from service.feedback import suggest_message
from tests.e2e.http.test_console import session
from tests.e2e.http.test_intake import detail_of, patch, sent
from tests.reports import REPORT, image, queue
from tests.services import Service

GRAVE = {"description": "He took all her cash and her passbook.", "asked_for": ["cash"]}
LIGHT = {"description": "A woman asked for a signature at the gate.", "asked_for": ["signature"]}


_ESCAPED = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)


def text_of(pdf: bytes) -> str:
    """Return what a PDF of reportlab's shows: its CID fonts are written in UTF-16 (BE)."""
    said = ""
    for stream in re.findall(rb"stream\r?\n(.*?)~>endstream", pdf, re.DOTALL):
        content = zlib.decompress(base64.a85decode(stream, ignorechars=b"\r\n"))
        for shown in re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", content, re.DOTALL):
            said += _ESCAPED.sub(_unescape, shown).decode("utf-16-be") + "\n"
    return said


def _unescape(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 8)]) if found[1].isdigit() else found[1]


async def reports_of(service: Service) -> tuple[str, str]:
    """Send a light report, and a grave one an hour later; return their ids."""
    await sent(service, **LIGHT)
    (light,) = await queue(service)
    service.wait(hours=1)
    await sent(service, **GRAVE)
    (grave, _) = await queue(service)
    return light["id"], grave["id"]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_reports_are_taken_handed_over_and_let_go(service: Service) -> None:
    light, grave = await reports_of(service)
    assert (await patch(service, grave, "A-1", assignee="me")).json()["assignee"] == "A-1"
    for caller, assignee, found in (
        ("A-1", "me", [grave]),
        ("A-2", "me", []),
        ("A-2", "A-1", [grave]),
        ("A-2", "none", [light]),
    ):
        listed = await service.call(
            "GET", f"/v1/fraud/reports?assignee={assignee}", role=Role.FRAUD, subject=caller
        )
        assert [one["id"] for one in listed.json()["items"]] == found, (caller, assignee)
    await patch(service, grave, "A-1", assignee="A-2")
    gone = await patch(service, grave, "A-2", assignee="none", police_reference="110-7788")
    assert (gone.json()["assignee"], gone.json()["police_reference"]) == (None, "110-7788")
    assert [(one["actor"], one["text"]) for one in gone.json()["history"][1:]] == [
        ("A-1", "none -> A-1"),
        ("A-1", "A-1 -> A-2"),
        ("A-2", "A-2 -> none"),
        ("A-2", "none -> 110-7788"),
    ]


async def test_each_severity_has_its_clock(service: Service) -> None:
    light, grave = await reports_of(service)
    received = moment((await detail_of(service, light))["received_at"])
    assert moment((await detail_of(service, light))["due_at"]) == received + timedelta(hours=72)
    due = await queue(service, sort="due")
    assert [one["id"] for one in due] == [grave, light]
    for severity, hours in (("low", 168), ("critical", 4)):
        changed = (await patch(service, light, severity=severity)).json()
        assert moment(changed["due_at"]) == received + timedelta(hours=hours)
    first = await service.call("GET", "/v1/fraud/reports?sort=due&limit=1", role=Role.FRAUD)
    assert first.json()["items"][0]["id"] == light
    rest = await queue(service, sort="due", limit="1", cursor=first.json()["next_cursor"])
    assert [one["id"] for one in rest] == [grave]
    service.wait(hours=5)
    analyst = session(service, Role.FRAUD)
    page = (await service.call("GET", "/console?sort=due", headers=analyst)).text
    assert page.count("overdue") == 1
    for subject in ("A-1", "A-2"):
        await patch(service, light, subject, status="dismissed")
    assert [one["id"] for one in await queue(service, sort="due")] == [grave]
    opened = (await patch(service, light, status="triaged")).json()  # opened again: a new clock
    assert moment(opened["due_at"]) == service.now + timedelta(hours=4)


async def test_a_report_is_closed_by_two(service: Service) -> None:
    _, report_id = await reports_of(service)
    asked = (await patch(service, report_id, "A-1", status="confirmed", note="sure")).json()
    assert (asked["status"], asked["closing"]["status"], asked["closing"]["asked_by"]) == (
        "new",
        "confirmed",
        "A-1",
    )
    assert [one["id"] for one in await queue(service, closing="true")] == [report_id]
    other = await patch(service, report_id, "A-2", status="dismissed", note="as I see it")
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert "A-1 asks for confirmed" in other.json()["detail"]
    still = await detail_of(service, report_id)
    assert (still["closing"]["status"], still["closing"]["asked_by"]) == ("confirmed", "A-1")
    assert "as I see it" not in str(still["history"])
    changed = (await patch(service, report_id, "A-1", status="dismissed")).json()
    assert changed["closing"]["status"] == "dismissed"  # his own request he may change
    back = (await patch(service, report_id, "A-1", status="new")).json()
    assert (back["closing"], back["history"][-1]["text"]) == (None, "takes back dismissed")
    await patch(service, report_id, "A-1", status="confirmed")
    for stale in ("triaged", "new"):  # from a page that does not know that somebody asks
        unseen = await patch(service, report_id, "A-2", status=stale, note="unseen")
        assert (unseen.status_code, unseen.json()["code"]) == (409, "conflict")
        assert "A-1 asks for confirmed" in unseen.json()["detail"]
    gone = await patch(service, report_id, "A-2", status="triaged", declines="dismissed")
    assert (gone.status_code, gone.json()["detail"]) == (409, "nobody asks for dismissed")
    still = await detail_of(service, report_id)
    assert (still["status"], still["closing"]["status"]) == ("new", "confirmed")
    assert "unseen" not in str(still["history"])
    moved = (await patch(service, report_id, "A-2", status="triaged", declines="confirmed")).json()
    assert [one["text"] for one in moved["history"][-2:]] == [
        "declines confirmed",
        "new -> triaged",
    ]
    await patch(service, report_id, "A-2", status="new")
    await patch(service, report_id, "A-1", status="confirmed")
    declined = (await patch(service, report_id, "A-2", declines="confirmed")).json()
    assert (declined["closing"], declined["history"][-1]["text"]) == (None, "declines confirmed")
    path = f"/v1/fraud/reports/{report_id}/close-approvals"
    body = {"status": "confirmed"}
    nothing = await service.call("POST", path, body, role=Role.FRAUD, subject="A-2")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "conflict")
    await patch(service, report_id, "A-1", status="confirmed")
    wrong = await service.call("POST", path, {"status": "dismissed"}, role=Role.FRAUD)
    assert wrong.status_code == 409
    done = await service.call("POST", path, body, role=Role.FRAUD, subject="A-2")
    assert (done.json()["status"], done.json()["closing"], done.json()["due_at"]) == (
        "confirmed",
        None,
        None,
    )
    assert [(one["actor"], one["text"]) for one in done.json()["history"] if one["kind"] != "note"][
        -3:
    ] == [
        ("A-1", "asks for confirmed"),
        ("A-2", "approves confirmed, asked for by A-1"),
        ("A-2", "new -> confirmed"),
    ]
    again = await patch(service, report_id, "A-1", status="dismissed")
    assert (again.json()["status"], again.json()["closing"]["status"]) == ("confirmed", "dismissed")
    by_patch = await patch(service, report_id, "A-3", status="dismissed")
    assert by_patch.json()["status"] == "dismissed"


async def test_an_analyst_sees_what_is_new_to_him(service: Service) -> None:
    light, grave = await reports_of(service)

    async def new_to(subject: str) -> list[str]:
        listed = await service.call(
            "GET", "/v1/fraud/reports?since=last", role=Role.FRAUD, subject=subject
        )
        return [one["id"] for one in listed.json()["items"]]

    assert await new_to("A-1") == [grave, light]
    seen = (await detail_of(service, light))["received_at"]
    await service.make("/v1/fraud/looks", {"until": seen}, Role.FRAUD, "A-1")
    assert (await new_to("A-1"), await new_to("A-2")) == ([grave], [grave, light])
    analyst = session(service, Role.FRAUD, subject="A-1")
    page = await service.call("GET", "/console?since=last", headers=analyst)
    assert page.text.count("data-row") == 1
    found = re.search(r'name="until" value="([^"]+)"', page.text)
    assert found is not None
    service.wait(minutes=1)
    await sent(service, description="This one came while the page was open.", claimed={})
    looked = await service.call("POST", "/console/looks", data={"until": found[1]}, headers=analyst)
    assert looked.status_code == 303
    assert len(await new_to("A-1")) == 1  # what came after the page was made is still new
    until = (await detail_of(service, (await new_to("A-1"))[0]))["received_at"]
    await service.make("/v1/fraud/looks", {"until": until}, Role.FRAUD, "A-1")
    page = await service.call("GET", "/console?since=last", headers=analyst)
    assert "No report has come in since you last looked." in page.text
    back = await service.make("/v1/fraud/looks", {"until": seen}, Role.FRAUD, "A-1")
    assert moment(back["looked_at"]) > moment(seen)  # never backwards


@pytest.mark.parametrize("language", Language)
async def test_a_message_begins_with_words_in_the_reporters_language(
    service: Service, language: Language
) -> None:
    await sent(service, language=language)
    (report,) = await queue(service)
    detail = await detail_of(service, report["id"])
    assert detail["suggested_message"] == suggest_message(ReportStatus.NEW, language)
    page = await service.call(
        "GET",
        f"/console/reports/{report['id']}?words=confirmed",
        headers=session(service, Role.FRAUD),
    )
    words = suggest_message(ReportStatus.CONFIRMED, language)
    assert f'lang="{language}" autofocus>{words}' in page.text


async def test_words_of_ours_reach_each_reporter_in_his_own_language(service: Service) -> None:
    codes = {}
    for language in Language:
        codes[language] = await sent(service, language=language)
        service.wait(minutes=1)
    (report,) = await queue(service)
    path, headers = f"/console/reports/{report['id']}", session(service, Role.FRAUD)
    page = (await service.call("GET", path, headers=headers)).text
    assert re.search(r"what you write to all as it is:(.*)</p>", page) is not None
    for name in ("繁體中文", "简体中文", "English"):
        assert f">{name}</bdi>" in page
    first, status = next(iter(Language)), ReportStatus.TRIAGED
    ours = suggest_message(status, first)
    for written, own in ((ours, ""), (f"{ours}\r\n\r\nCall me.", "\n\nCall me."), ("Hi", None)):
        form = {"message_to_reporter": written}
        done = await service.call("POST", path, data=form, headers=headers)
        assert done.status_code == 303
        for language, code in codes.items():
            shown = await service.call("GET", f"/v1/reports/{code}")
            read = written if own is None else suggest_message(status, language) + own
            assert shown.json()["messages"][-1]["text"] == read, language
        service.wait(minutes=1)


async def test_the_console_page_does_all_of_it(service: Service) -> None:
    await sent(service, image())
    (report,) = await queue(service)
    path = f"/console/reports/{report['id']}"
    first, second = (session(service, Role.FRAUD, subject=one) for one in ("A-1", "A-2"))

    async def post(who: dict[str, str], where: str = "", **form: str) -> int:
        answer = await service.call("POST", f"{path}{where}", data=form, headers=who)
        return answer.status_code

    assert await post(first, assignee="me") == 303
    assert await post(first, status="confirmed", kind="misconduct", police_reference="P-1") == 303
    assert 'id="closing"' in (await service.call("GET", path, headers=first)).text
    assert await post(first, status="confirmed") == 403
    assert await post(first, "/close-approvals", status="confirmed") == 403
    assert await post(second, "/close-approvals", status="dismissed") == 409
    assert await post(second, "/close-approvals", status="confirmed") == 303
    assert await post(first, "/hold", held="true", reason=" ") == 422
    assert await post(first, "/hold", held="true", reason="court order 7") == 303
    assert await post(first, "/hold", held="true", reason="again") == 409
    assert await post(first, "/separate") == 409
    detail = await detail_of(service, report["id"])
    assert (detail["status"], detail["kind"], detail["is_held"], detail["assignee"]) == (
        "confirmed",
        "misconduct",
        True,
        "A-1",
    )
    assert detail["history"][-1]["text"] == "set: court order 7"


async def test_who_asks_for_another_end_hears_of_the_first_and_keeps_his_note(
    service: Service,
) -> None:
    await sent(service)
    (report,) = await queue(service)
    path = f"/console/reports/{report['id']}"
    first, second = (session(service, Role.FRAUD, subject=one) for one in ("A-1", "A-2"))
    await service.call("POST", path, data={"status": "confirmed"}, headers=first)
    own = (await service.call("GET", path, headers=first)).text
    assert "Take back my request" in own
    assert "Decline" not in own
    form = {"status": "dismissed", "note": "A <long> note\r\nof two lines", "severity": "low"}
    refused = await service.call("POST", path, data=form, headers=second)
    assert refused.status_code == 409
    assert "A-1 asks for: confirmed. Approve or decline that first" in refused.text
    assert "A &lt;long&gt; note\nof two lines</textarea>" in refused.text
    for kept in ("low", "dismissed"):
        assert f'<option value="{kept}" selected>' in refused.text
    assert "Decline: stays new" in refused.text
    stale = {"status": "triaged", "note": "as on my old page"}
    unseen = await service.call("POST", path, data=stale, headers=second)
    assert unseen.status_code == 409
    assert "A-1 asks for: confirmed. Approve or decline that first" in unseen.text
    assert "as on my old page</textarea>" in unseen.text
    assert (await detail_of(service, report["id"]))["closing"]["asked_by"] == "A-1"
    button = re.search(r'name="(\w+)" value="(\w+)">Decline: stays new', unseen.text)
    assert button is not None
    said = {button[1]: button[2]}
    assert (await service.call("POST", path, data=said, headers=second)).status_code == 303
    detail = await detail_of(service, report["id"])
    assert (detail["closing"], detail["status"]) == (None, "new")
    assert (await service.call("POST", path, data=said, headers=second)).status_code == 409


WORDS: dict[str, tuple[str, ...]] = {
    "en": ("Status: new", "Severity: high", "Kind: posed as ours", "received, SHA-256"),
    "zh-Hant": ("新收到", "冒充本行人員", "收到, SHA-256", "位元組"),
    "zh-Hans": ("新收到", "冒充本行人员", "收到, SHA-256", "字节"),
}


async def test_the_police_pack_checks_itself(service: Service, tmp_path: Path) -> None:
    await sent(service, image(), image("PNG"), language="en")
    await sent(service, image("WEBP"))
    (report,) = await queue(service)
    await patch(service, report["id"], note="an inner note", police_reference="110-7788")
    path = f"/v1/fraud/reports/{report['id']}/police-pack.zip"
    for language, title in (
        ("en", "Report of a suspicious visitor"),
        ("zh-Hant", "可疑訪客舉報"),
        ("zh-Hans", "可疑访客举报"),
    ):
        got = await service.call(
            "GET", f"{path}?language={language}", role=Role.FRAUD, subject="A-1"
        )
        assert got.headers["content-type"] == "application/zip"
        assert got.headers["content-disposition"].startswith("attachment")
        with zipfile.ZipFile(io.BytesIO(got.content)) as archive:
            names = archive.namelist()
            summary = text_of(archive.read("summary.pdf"))
            archive.extractall(tmp_path / language)
        assert [one.partition("/")[0] for one in names] == [
            *["evidence"] * 3,
            "summary.pdf",
            "SHA256SUMS",
        ]
        assert title in summary.replace("\n", "")
        for shown in ("陳先生", "王大明", "<script>alert(1)</script>", "110-7788", "Harbour Road"):
            assert shown in summary.replace("\n", ""), shown
        for shown in WORDS[language]:
            assert shown in summary.replace("\n", ""), shown
        for code in (
            () if language == "en" else ("new", "high", "impersonation", "exported", "reporter")
        ):
            assert code not in summary.replace("\n", ""), code
        for private in ("Reporter Lee", "0933 444", "lee@", "an inner note"):
            assert private not in summary.replace("\n", "")
        command = ("/usr/bin/sha256sum", "--strict", "-c", "SHA256SUMS")
        checked = await asyncio.create_subprocess_exec(
            *command, cwd=tmp_path / language, stdout=subprocess.PIPE
        )
        said, _ = await checked.communicate()
        assert (checked.returncode, said.count(b": OK\n")) == (0, 4)
    detail = await detail_of(service, report["id"])
    assert [one["kind"] for one in detail["evidence"][0]["custody"]] == ["received"] + [
        "exported"
    ] * 3
    assert detail["history"][-1]["kind"] == "pack"


async def test_originals_go_into_a_pack_for_a_reason_only(service: Service) -> None:
    original = image("PNG")
    await sent(service, original)
    (report,) = await queue(service)
    path = f"/v1/fraud/reports/{report['id']}/police-pack.zip?originals=true"
    refused = await service.call("GET", path, role=Role.FRAUD)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    got = await service.call("GET", f"{path}&reason=warrant+12", role=Role.FRAUD, subject="A-1")
    with zipfile.ZipFile(io.BytesIO(got.content)) as archive:
        (name,) = [one for one in archive.namelist() if one.startswith("originals/")]
        assert name.endswith(".png")
        assert archive.read(name) == original
    (evidence,) = (await detail_of(service, report["id"]))["evidence"]
    assert evidence["original_sha256"] == hashlib.sha256(original).hexdigest()
    assert evidence["custody"][-1] == {
        "at": "2026-11-24T04:00:00Z",
        "actor": "A-1",
        "kind": "original_exported",
        "text": "warrant 12",
    }
    reader = {**session(service, Role.FRAUD), "Accept-Language": "zh-TW"}
    page = await service.call("GET", f"/console/reports/{report['id']}", headers=reader)
    assert f"收到, SHA-256 {evidence['original_sha256']},{len(original)} 位元組</span>" in page.text
    assert "warrant 12</span>" in page.text


async def test_a_report_of_a_stranger_fills_pages_and_breaks_nothing(service: Service) -> None:
    hostile: dict[str, Any] = {
        "description": "<font color=red>&amp; <b>" + "\u202e長" * 2000,
        "url": "https://" + "x" * 2000,
        "claimed": {**REPORT["claimed"], "name": "<para>👹"},
    }
    await sent(service, **hostile)
    (report,) = await queue(service)
    path = f"/v1/fraud/reports/{report['id']}/police-pack.zip"
    got = await service.call("GET", path, role=Role.FRAUD)
    with zipfile.ZipFile(io.BytesIO(got.content)) as archive:
        summary = text_of(archive.read("summary.pdf"))
    assert "<font color=red>&amp; <b>" in summary.replace("\n", "")
    assert "\u202e" not in summary


async def test_a_report_is_handed_over_to_who_has_been_here_only(service: Service) -> None:
    _, report_id = await reports_of(service)
    path = f"/console/reports/{report_id}"
    first = session(service, Role.FRAUD, subject="A-1")
    assert (await patch(service, report_id, "A-1", assignee="me")).json()["assignee"] == "A-1"
    refused = await patch(service, report_id, "A-1", assignee="A-2", note="yours")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert "A-2" not in (await service.call("GET", path, headers=first)).text
    form = {"assignee": "A-<2>", "note": "yours"}
    page = await service.call("POST", path, data=form, headers=first)
    assert page.status_code == 422
    assert "A-&lt;2&gt; has not been here lately" in page.text
    assert re.search(r'<select id="assignee"[^>]* aria-invalid="true"', page.text)
    assert ">yours</textarea>" in page.text
    assert len((await detail_of(service, report_id))["history"]) == 2
    await service.call("GET", "/console", headers=session(service, Role.DESK, subject="D-1"))
    await service.call("GET", "/console", headers=session(service, Role.FRAUD, subject="A-2"))
    await service.call("GET", "/v1/fraud/cases", role=Role.FRAUD, subject="A-3")
    page = await service.call("GET", path, headers=first)
    offered = re.findall(r"<option>([^<]+)</option>", page.text)
    assert offered == ["A-2", "A-3"] + ["tester"] * ("tester" in offered)
    done = await service.call("POST", path, data={"assignee": "A-2"}, headers=first)
    assert done.status_code == 303
    service.wait(days=91)
    same = await patch(service, report_id, "A-1", assignee="A-2", note="still yours")
    assert same.status_code == 200  # who has the report keeps it
    await patch(service, report_id, "A-1", assignee="none")
    gone = await patch(service, report_id, "A-1", assignee="A-2")
    assert gone.status_code == 422
