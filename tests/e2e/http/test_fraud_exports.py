"""Exports over HTTP: the list's filters, every level, a file that says what it is."""

import pytest
from sqlmodel import select

from db.fraud_exports import FraudExport
from db.units_of_work import reading
from domain.callers import Role
from service import fraud_exports
from service.csv_files import HEADER
from tests.exports import BARE, FULL, add, read_csv, read_misp, read_stix
from tests.services import Service

KINDS = {
    "csv": ("text/csv; charset=utf-8", read_csv),
    "stix.json": ("application/stix+json; version=2.1", lambda text: read_stix(text, "incident")),
    "misp.json": ("application/json", read_misp),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_an_export_is_a_file_of_what_the_list_shows(service: Service, kind: str) -> None:
    await add(service, [BARE, FULL])
    media_type, read = KINDS[kind]
    path = f"/v1/fraud/export.{kind}"
    for query, number in (
        ("", 2),
        ("?phone=%2B886912345678", 1),
        ("?q=陈先生&tlp=red", 1),
        ("?alias=汪大明&plate=abc%201234&payee=013555666&near=25.03,121.57,5", 1),
        ("?sort=received_at&near=25.03,121.57,5", 1),
        ("?tlp=amber%2Bstrict&from=2026-11-01&to=2026-11-24", 2),
        ("?tlp=amber+strict&status=confirmed", 0),
    ):
        answer = await service.call("GET", path + query, role=Role.FRAUD, subject="F-7")
        assert answer.status_code == 200, answer.text
        assert len(read(answer.content)) == number, query
        listed = await service.call("GET", "/v1/fraud/reports" + query, role=Role.FRAUD)
        assert len(listed.json()["items"]) == number
    answer = await service.call("GET", f"{path}?tlp=amber+strict", role=Role.FRAUD, subject="F-7")
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "private, no-store"
    name = f'attachment; filename="menshen-20261124-040000-amber+strict.{kind}"'
    assert answer.headers["content-disposition"] == name
    async with reading(service.runtime.engine) as session:
        rows = (await session.exec(select(FraudExport))).all()
    assert [row.actor for row in rows] == ["F-7"] * 8
    assert sorted(row.reports for row in rows) == [0, 1, 1, 1, 1, 2, 2, 2]
    assert {row.tlp for row in rows} == {"amber", "red", "amber+strict"}


async def test_auditors_read_who_took_what(service: Service) -> None:
    await add(service, [FULL, BARE])
    for tlp in ("clear", "green", "red"):
        service.wait(minutes=1)
        path = f"/v1/fraud/export.csv?tlp={tlp}&phone=0912345678"
        await service.call("GET", path, role=Role.FRAUD, subject="F-7")
    read: list[dict[str, object]] = []
    cursor = ""
    for more in (True, False):
        path = f"/v1/fraud/exports?limit=2{cursor}"
        page = (await service.call("GET", path, role=Role.AUDITOR)).json()
        read += page["items"]
        cursor = f"&cursor={page['next_cursor']}"
        assert (page["next_cursor"] is not None) == more
    assert [one["tlp"] for one in read] == ["red", "green", "clear"]
    assert read[0] == {
        "id": read[0]["id"],
        "started_at": "2026-11-24T04:03:00Z",
        "finished_at": "2026-11-24T04:03:00Z",
        "actor": "F-7",
        "format": "csv",
        "tlp": "red",
        "filters": {"phone": "0912345678"},
        "reports": 1,
    }


@pytest.mark.parametrize("query", ["tlp=white", "from=tomorrow", "status=x", "to=9999-12-31"])
async def test_a_wrong_question_gets_a_problem_and_no_half_file(
    service: Service, query: str
) -> None:
    answer = await service.call("GET", f"/v1/fraud/export.csv?{query}", role=Role.FRAUD)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_the_header_is_fixed(service: Service) -> None:
    answer = await service.call("GET", "/v1/fraud/export.csv", role=Role.FRAUD)
    first = answer.content.decode("utf-8-sig").partition("\r\n")[0]
    assert first == ",".join(f'"{name}"' for name in HEADER)
    assert " ".join(HEADER) == (
        "record id kind status severity occurred_on occurred_at received_on received_at asked_for "
        "claimed_name badge_number agency organisation phone plate url payee latitude longitude "
        "precision_m evidence_count language description"
    )


async def test_a_fault_in_the_middle_ends_the_answer_without_its_end(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fraud_exports, "_PAGE", 1)
    await add(service, [FULL], asked_for=["nonsense"])
    service.wait(hours=1)
    await add(service, [FULL])
    answer = await service.call("GET", "/v1/fraud/export.csv", role=Role.FRAUD)
    rows = answer.content.decode("utf-8-sig").split("\r\n")
    assert len(rows) == 3  # header, one report, nothing
    assert not rows[1].startswith('"end"')
