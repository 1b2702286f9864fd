"""Attacks by people and lost things (rows 5, 7-9, 14, 15, 19, 25, 26 of the threat list)."""

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import structlog
from sqlalchemy import event
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from domain.callers import Role
from tests.services import FAR, HOME, ORIGIN, Door, Service, open_door, running

ALLOWED = {
    "id", "verdict", "reason", "checked_at", "checks", "visitor", "visit", "match_number",
    "also_checked_at", "advice", "hotline", "police", "report_url",
}  # fmt: skip


async def test_a_relay_to_a_far_door_is_seen_and_a_family_is_not(door: Door) -> None:  # row 5
    for _ in range(6):
        assert (await door.scan(place=HOME))["reason"] == "authorised"
    path = urlsplit(door.code()).path
    for _ in range(3):
        await door.service.call("GET", path, headers={"Sec-Purpose": "prefetch"})
        await door.service.call("GET", path)
    assert (await door.scan(place=HOME))["reason"] == "authorised"
    assert (await door.scan(place=FAR))["reason"] == "seen_elsewhere"


async def test_a_badge_alone_is_never_genuine(door: Door) -> None:  # row 7
    badge = {"badge_number": "B-S-1", "name": "林志明"}
    assert (await door.service.verify(**badge))["verdict"] == "caution"
    for status in ("lost", "stolen", "revoked"):
        await door.service.call(
            "PATCH", "/v1/registry/badges/B-S-1", {"status": status}, role=Role.REGISTRY
        )
        assert (await door.service.verify(**badge))["reason"] == "revoked"


@pytest.mark.parametrize("status", ["suspended", "left"])
async def test_former_staff_are_refused_at_the_next_scan(door: Door, status: str) -> None:  # row 8
    async def scans() -> list[dict[str, Any]]:
        return list(await asyncio.gather(*(door.scan() for _ in range(10))))

    assert {one["reason"] for one in await scans()} == {"authorised"}
    changed = await door.service.call(
        "PATCH", "/v1/registry/staff/S-1", {"status": status}, role=Role.REGISTRY
    )
    assert changed.status_code == 200
    assert {one["reason"] for one in await scans()} == {"revoked"}


async def test_an_ended_contract_refuses_tokens_issued_before(service: Service) -> None:  # row 9
    agency = {
        "name": "Harbour Debt Recovery",
        "public_label": "Harbour Services",
        "licence": "L-1",
        "contract_starts_on": "2026-01-01",
        "contract_ends_on": "2026-11-24",
        "assessed_on": "2026-01-01",
        "phones": [],
        "regions": [],
    }
    made = await service.make("/v1/registry/agencies", agency, Role.REGISTRY)
    await service.add_staff("S-1", "林志明", made["id"])
    visit = await service.plan(agency_id=made["id"])
    phone = await service.enrol("S-1")
    await service.fetch(phone, visit["id"])
    door = Door(service, phone, visit)
    assert (await door.scan())["reason"] == "authorised"
    path = f"/v1/registry/agencies/{made['id']}"
    await service.call("PATCH", path, {"contract_ends_on": "2026-11-23"}, role=Role.REGISTRY)
    assert (await door.scan())["reason"] == "not_authorised"
    refused = await service.call(
        "POST",
        f"/v1/visits/{visit['id']}/tokens",
        {"device_id": phone.device_id},
        role=Role.STAFF,
        subject="S-1",
    )
    assert (refused.status_code, refused.json()["rule"]) == (403, "agency.contract")


async def test_the_hotline_comes_from_configuration_only(door: Door) -> None:  # row 14
    hotline = door.service.runtime.hotline
    answer = await door.scan()
    assert answer["hotline"] == hotline
    for path in ("/", "/r", "/agencies", "/none"):
        page = await door.service.call("GET", path)
        assert hotline in page.text


GUESSES = {
    "badge": lambda at: {"badge_number": f"B-{at}", "name": "林志明"},
    "name": lambda at: {"badge_number": "B-S-1", "name": f"王{at}"},
    "notice": lambda at: {"notice_code": f"{at:010}", "phone_last4": "5678"},
    "phone": lambda at: {"notice_code": "REAL", "phone_last4": f"{at:04}"},
}


@pytest.mark.parametrize("kind", GUESSES)
async def test_guesses_look_alike_in_answer_and_in_work(door: Door, kind: str) -> None:  # row 15
    statements: list[str] = []

    def heard(_c: object, _k: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(door.service.runtime.engine.sync_engine, "before_cursor_execute", heard)
    bodies, work = set(), set()
    for at in range(50):
        asked = GUESSES[kind](at)
        if asked.get("notice_code") == "REAL":
            asked["notice_code"] = door.visit["notice"]["code"]
        statements.clear()
        answer = await door.service.verify(**asked)
        own = answer.pop("id")
        assert len(own) == len("ve_") + 22
        answer["report_url"] = answer["report_url"].removesuffix(own)
        bodies.add(json.dumps(answer, sort_keys=True))
        work.add(tuple(statements))
    assert len(bodies) == 1
    assert len(work) == 1


async def test_the_21st_look_up_of_a_minute_is_refused(  # row 15
    migrated_url: str, tmp_path: Path
) -> None:
    async with running(migrated_url, tmp_path / "data", rate_limits="on") as service:
        door = await open_door(service)
        asked = {"badge_number": "B", "name": "x"}
        for _ in range(20):
            await service.verify(**asked)
        refused = await service.call("POST", "/v1/verifications", asked)
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        for other in ({"contact": "1"}, {"notice_code": "x", "phone_last4": "1"}):
            again = await service.call("POST", "/v1/verifications", other)
            assert again.status_code == 429
        for _ in range(60):
            await service.verify(visit_code="x")
        wrong = await service.call("POST", "/v1/verifications", {"visit_code": "x"})
        assert wrong.status_code == 429
        for _ in range(5):  # a code that proves itself is never limited: carriers share addresses
            assert (await door.scan())["reason"] == "authorised"


async def test_an_answer_holds_the_allowed_members_only(door: Door) -> None:  # row 19
    answers = [
        await door.scan(),
        await door.scan(notice_code=door.visit["notice"]["code"]),
        await door.scan(notice_code="x"),
        await door.service.verify(visit_code="x"),
    ]
    for answer in answers:
        assert answer.keys() == ALLOWED
        said = json.dumps(answer, ensure_ascii=False)
        for secret in ("C-77", "0912", "345678", "Harbour Road", "st_"):
            assert secret not in said
    response = await door.service.call("POST", "/v1/verifications", {"visit_code": door.code()})
    assert response.headers["cache-control"] == "no-store"
    await door.service.call("GET", urlsplit(door.code()).path)
    door.service.wait(minutes=16)
    assert "林志明" not in (await door.service.call("GET", "/r")).text


async def test_personal_data_lies_sealed(door: Door) -> None:  # row 19
    async with door.service.runtime.engine.connect() as connection:
        for table in ("visit", "notice", "staff", "verification"):
            rows = (await connection.exec_driver_sql(f"SELECT * FROM {table}")).all()  # noqa: S608 - our own names
            said = str(rows)
            for secret in ("C-77", "912345678", "Harbour Road", door.visit["notice"]["code"]):
                assert secret not in said


async def test_codes_leak_neither_by_log_nor_referer_nor_history(door: Door) -> None:  # row 25
    path = urlsplit(door.code()).path
    with structlog.testing.capture_logs() as lines:
        opened = await door.service.call("GET", path)
        await door.service.call("GET", "/v1/desk/visits?customer_phone=0912345678", role=Role.DESK)
        await door.service.call("GET", "/photos/sEcReT%0aforged")
    said = json.dumps(lines)
    for secret in (path[3:40], "0912345678", "sEcReT", "forged"):
        assert secret not in said
    assert [one["route"] for one in lines] == [
        "/v/{code:path}",
        "/v1/desk/visits",
        "/photos/{key}",
    ]
    assert opened.headers["referrer-policy"] == "no-referrer"
    assert opened.headers["location"] == "/r"
    assert opened.headers["cache-control"] == "no-store"


async def test_a_spoofed_forwarded_address_changes_nothing(  # row 26
    migrated_url: str, tmp_path: Path
) -> None:
    async with running(
        migrated_url, tmp_path / "data", rate_limits="on", limit_lookups_address="3/minute"
    ) as service:
        asked = {"badge_number": "B", "name": "x"}

        async def ask(client: httpx.AsyncClient, at: int) -> int:
            headers = {"X-Forwarded-For": f"203.0.113.{at}"}
            answer = await client.post("/v1/verifications", json=asked, headers=headers)
            return answer.status_code

        assert [await ask(service.client, at) for at in range(4)] == [200, 200, 200, 429]
        transport = service.client._transport  # noqa: SLF001 - the application under test
        assert isinstance(transport, httpx.ASGITransport)
        for trusted, statuses in (("192.0.2.1", {429}), ("127.0.0.1", {200})):
            proxied = ProxyHeadersMiddleware(transport.app, trusted_hosts=[trusted])  # type: ignore[arg-type] # as uvicorn wraps it
            behind = httpx.ASGITransport(proxied)  # type: ignore[arg-type] # as above
            async with httpx.AsyncClient(transport=behind, base_url=ORIGIN) as client:
                assert {await ask(client, 50 + at) for at in range(3)} == statuses
