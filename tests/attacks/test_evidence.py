"""Attacks on evidence, on closing by two and on what has to be kept (rows 10, 15 and 18)."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from domain.callers import Role
from service import retention
from service.retention import KINDS
from service.settings import Settings
from tests import clamd
from tests.clamd import EICAR
from tests.e2e.http.test_intake import detail_of, patch, sent
from tests.reports import REPORT, files_of, image, queue, send
from tests.services import Service, running


def originals_of(service: Service) -> list[Path]:
    folder = service.runtime.originals.folder
    return sorted(folder.iterdir()) if folder.is_dir() else []


async def test_who_asks_for_the_end_of_a_report_cannot_approve_it(service: Service) -> None:
    await sent(service)  # row 10
    (report,) = await queue(service)
    path = f"/v1/fraud/reports/{report['id']}"
    for end in ("confirmed", "dismissed", "withdrawn"):
        assert (await patch(service, report["id"], "A-1", status=end)).status_code == 200
        body = {"status": end, "note": "by myself"}
        by_patch = await patch(service, report["id"], "A-1", **body)
        by_approval = await service.call(
            "POST", f"{path}/close-approvals", {"status": end}, role=Role.FRAUD, subject="A-1"
        )
        for refused in (by_patch, by_approval):
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    detail = await detail_of(service, report["id"])
    assert (detail["status"], detail["due_at"] is None) == ("new", False)
    assert "by myself" not in json.dumps(detail)
    other = await patch(service, report["id"], "A-2", status="dismissed")  # another end
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert (await detail_of(service, report["id"]))["status"] == "new"


async def test_malware_behind_a_sound_image_is_refused(  # row 18
    migrated_url: str, tmp_path: Path
) -> None:
    async with (
        clamd.listening() as scanner,
        running(migrated_url, tmp_path / "data", clamd=scanner.address) as service,
    ):
        clean, dirty = image(), image() + EICAR
        refused = await send(service, clean, dirty)
        assert (refused.status_code, refused.json()["code"]) == (422, "infected")
        assert "evidence 2" in refused.json()["detail"]
        assert scanner.scanned == [clean, dirty]
        assert (files_of(service), originals_of(service), await queue(service)) == ([], [], [])
        code = await sent(service, clean)
        files: list[Any] = [("evidence", ("a.jpg", dirty)), ("addition", (None, "{}"))]
        added = await service.client.post(f"/v1/reports/{code}/additions", files=files)
        assert added.json()["code"] == "infected"
        page = await service.client.post(
            "/report",
            data={"description": "kept", "date": "2026-11-24", "time": "11:00"},
            files={"evidence": ("a.jpg", dirty)},
        )
        assert (page.status_code, 'id="wrong-evidence"' in page.text) == (422, True)
        assert len(files_of(service)) == len(originals_of(service)) == 1


@pytest.mark.parametrize("says", [None, b"INSTREAM size limit exceeded. ERROR", b"", b"x" * 9_000])
async def test_what_the_antivirus_has_not_called_clean_is_not_kept(  # row 18
    migrated_url: str, tmp_path: Path, says: bytes | None
) -> None:
    async with clamd.listening() as scanner:
        scanner.says = says
        address = "unix:///nonexistent/clamd" if says is None else scanner.address
        async with running(migrated_url, tmp_path / "data", clamd=address) as service:
            refused = await send(service, image())
            assert (refused.status_code, refused.json()["code"]) == (503, "not_scanned")
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.headers["retry-after"] == "1"
            assert (files_of(service), originals_of(service), await queue(service)) == ([], [], [])
            form = {"description": "kept words", "date": "2026-11-24", "time": "11:00"}
            page = await service.client.post(
                "/report", data=form, files={"evidence": ("a.png", image("PNG"))}
            )
            assert (page.status_code, "kept words" in page.text) == (503, True)
            assert (await send(service)).status_code == 201  # words alone always come in


async def test_an_original_is_sealed_and_never_shown(service: Service) -> None:  # row 18
    exif = Image.Exif()
    exif[0x010E] = "SECRET-DESCRIPTION"
    original = image(exif=exif) + b"<script>SECRET-TAIL</script>"
    await sent(service, original)
    (report,) = await queue(service)
    (one,) = (await detail_of(service, report["id"]))["evidence"]
    (stored,) = originals_of(service)
    service.wait(minutes=1)
    assert b"SECRET" not in stored.read_bytes()
    path = f"/v1/fraud/reports/{report['id']}/evidence/{one['id']}/original"
    assert (await service.call("GET", path, role=Role.FRAUD)).status_code == 405
    for body in ({}, {"reason": " "}, {"reason": "x" * 201}):
        assert (await service.call("POST", path, body, role=Role.FRAUD)).status_code == 422
    await sent(service, image(), description="Another report, with an image of its own.")
    (another, _) = await queue(service)
    assert another["id"] != report["id"]
    other = path.replace(report["id"], another["id"])
    reason = {"reason": "asked for by the prosecutor"}
    assert (await service.call("POST", other, reason, role=Role.FRAUD)).status_code == 404
    assert len((await detail_of(service, report["id"]))["evidence"][0]["custody"]) == 1
    got = await service.call("POST", path, reason, role=Role.FRAUD, subject="A-1")
    assert got.content == original
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"] == f'attachment; filename="{one["id"]}.original"'
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "private, no-store"
    detail = await detail_of(service, report["id"])
    (received, opened) = detail["evidence"][0]["custody"]
    digest = hashlib.sha256(original).hexdigest()
    assert received["text"] == f"sha256 {digest}, {len(original)} bytes"
    assert (opened["actor"], opened["kind"], opened["text"]) == (
        "A-1",
        "original_opened",
        "asked for by the prosecutor",
    )
    assert detail["history"][-1]["kind"] == "original_opened"
    kept = stored.read_bytes()
    stored.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    assert (await service.call("POST", path, reason, role=Role.FRAUD)).status_code == 404
    pack = f"/v1/fraud/reports/{report['id']}/police-pack.zip?originals=true&reason=x"
    assert (await service.call("GET", pack, role=Role.FRAUD)).status_code == 404


async def test_looking_at_a_copy_is_on_record_once_an_hour(service: Service) -> None:
    await sent(service, image())
    (report,) = await queue(service)
    (one,) = (await detail_of(service, report["id"]))["evidence"]
    path = f"/v1/fraud/reports/{report['id']}/evidence/{one['id']}"
    for subject, hours in (("A-1", 0.0), ("A-1", 0.9), ("A-2", 0.0), ("A-1", 1.0)):
        service.wait(hours=hours)
        assert (
            await service.call("GET", path, role=Role.FRAUD, subject=subject)
        ).status_code == 200
    custody = (await detail_of(service, report["id"]))["evidence"][0]["custody"]
    assert [(entry["kind"], entry["actor"]) for entry in custody[1:]] == [
        ("viewed", "A-1"),
        ("viewed", "A-2"),
        ("viewed", "A-1"),
    ]


async def test_what_is_held_outlives_its_retention(service: Service) -> None:
    kept = {"description": "This one the court wants to see for years.", "claimed": {}}
    await sent(service, image(), **kept)
    await sent(service, image(), **kept)
    await sent(service, image(), image())
    await sent(service, image())
    (ordinary, held) = await queue(service)
    if ordinary["description"] == kept["description"]:
        ordinary, held = held, ordinary
    path = f"/v1/fraud/reports/{held['id']}/hold"
    body = {"held": True, "reason": "court order 7"}
    assert (await service.call("PUT", path, body, role=Role.FRAUD)).json()["is_held"] is True
    assert (await service.call("PUT", path, body, role=Role.FRAUD)).status_code == 409
    assert (
        await service.call("PUT", path, {"held": False}, role=Role.FRAUD)
    ).status_code == 422  # no reason
    settings = Settings(
        data_dir=service.runtime.evidence.folder.parent, retain_reports=timedelta(days=30)
    )
    (reports,) = [kind for kind in KINDS if kind.name == "reports"]
    engine = service.runtime.engine

    async def run(days: int) -> int:
        at = service.now + timedelta(days=days)
        due = await retention.count(engine, settings, reports, at)
        gone = sum([rows async for rows in retention.clear(engine, settings, reports, at)])
        assert gone == due
        return gone

    assert await run(29) == 0
    assert (len(files_of(service)), len(originals_of(service))) == (5, 5)
    assert await run(31) == 2
    assert [one["id"] for one in await queue(service)] == [held["id"]]
    assert (len(files_of(service)), len(originals_of(service))) == (2, 2)
    (one,) = (await detail_of(service, held["id"]))["evidence"]
    shown = await service.call("GET", f"{path[:-5]}/evidence/{one['id']}", role=Role.FRAUD)
    assert shown.status_code == 200
    lifted = {"held": False, "reason": "the court is done"}
    assert (await service.call("PUT", path, lifted, role=Role.FRAUD)).status_code == 200
    assert await run(31) == 2
    assert (files_of(service), originals_of(service), await queue(service)) == ([], [], [])
    async with engine.connect() as connection:
        for table in ("report", "report_event", "report_evidence", "evidence_custody"):
            left = await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name from above
            assert left.scalar_one() == 0, table


async def test_unknown_codes_are_alike_and_a_withdrawn_one_takes_no_more(service: Service) -> None:
    code = await sent(service)  # row 15
    await service.call("POST", f"/v1/reports/{code}/withdraw")
    tracked = await service.call("GET", f"/v1/reports/{code}")
    assert (tracked.status_code, tracked.json()["status"]) == (200, "withdrawn")
    for path, body in (("withdraw", None), ("additions", {"text": "more"})):
        refused = await service.call("POST", f"/v1/reports/{code}/{path}", body)
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict"), path
    for method, tail in (("GET", ""), ("POST", "/withdraw"), ("POST", "/additions")):
        bodies = set()
        for guess in ("0" * 26, "x", code[:-1]):
            body = {"text": "more"} if tail == "/additions" else None
            answer = await service.call(method, f"/v1/reports/{guess}{tail}", body)
            assert answer.status_code == 404
            bodies.add(json.dumps({**answer.json(), "request_id": ""}))
        assert len(bodies) == 1
    (report,) = await queue(service)
    assert (report["status"], report["addition_count"]) == ("withdrawn", 0)


async def test_a_desk_cannot_hide_that_it_wrote_a_report(service: Service) -> None:
    forged = {**REPORT, "entered_by": "reporter"}
    refused = await service.call("POST", "/v1/desk/reports", forged, role=Role.DESK)
    assert refused.status_code == 422
    files: Any = {"report": (None, json.dumps(REPORT)), "entered_by": (None, "x")}
    assert (await service.client.post("/v1/reports", files=files)).status_code == 422
