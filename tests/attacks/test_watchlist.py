"""Attacks on watchlist and sightings (rows 7, 10, 15, 16 and 17 of the threat list)."""

import json

from sqlalchemy import event

from domain.callers import Role
from tests.services import Door, Service
from tests.watchlist import PATH, seen, watch, watched


async def test_a_lost_badge_that_is_shown_is_seen(door: Door) -> None:  # row 7
    path = "/v1/registry/badges/B-S-1"
    await door.service.call("PATCH", path, {"status": "lost"}, role=Role.REGISTRY)
    answer = await door.service.verify(badge_number="B-S-1", name="林志明")
    assert answer["reason"] == "revoked"
    (one,) = await seen(door.service)
    assert (one["kind"], one["badge_number"]) == ("lost_badge", "B-S-1")


async def test_nobody_approves_his_own_entry(door: Door) -> None:  # row 10
    service = door.service
    entry = (await watch(service, "badge", "B-S-1", by="A-1")).json()
    path = f"{PATH}/{entry['id']}/approve"
    refused = await service.call("POST", path, role=Role.FRAUD, subject="A-1")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await door.scan())["reason"] == "authorised"
    # Neither does he get round it by taking it back and adding it again.
    await service.call("DELETE", f"{PATH}/{entry['id']}", role=Role.FRAUD, subject="A-1")
    again = (await watch(service, "badge", "B-S-1", by="A-1")).json()
    assert again["state"] == "awaiting_approval"
    assert (await service.call("POST", path, role=Role.FRAUD, subject="A-2")).status_code == 409
    assert (await door.scan())["reason"] == "authorised"


async def test_the_watchlist_changes_nobody_s_status(door: Door) -> None:  # row 17
    service = door.service
    staff, devices = "/v1/registry/staff/S-1", "SELECT id, status FROM device"

    async def standing() -> tuple[object, str]:
        member = await service.call("GET", staff, role=Role.REGISTRY)
        async with service.runtime.engine.connect() as connection:
            rows = (await connection.exec_driver_sql(devices)).all()
            badges = (await connection.exec_driver_sql("SELECT * FROM badge")).all()
        return member.json(), f"{rows} {badges}"

    before = await standing()
    for kind, value in (
        ("badge", "B-S-1"),
        ("device", door.phone.device_id),
        ("alias", "林志明"),
        ("phone", "0900 000 001"),
    ):
        await watched(service, kind, value)
    assert (await door.scan())["verdict"] == "caution"
    assert await standing() == before
    own = await service.call("GET", "/v1/staff/visits", role=Role.STAFF, subject="S-1")
    assert [one["id"] for one in own.json()["items"]] == [door.visit["id"]]


async def test_watched_and_unwatched_numbers_cost_the_same(door: Door) -> None:  # row 15
    service = door.service
    await watched(service, "badge", "X-1")
    await watched(service, "phone", "0977 000 111")
    statements: list[str] = []

    def heard(_c: object, _k: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(service.runtime.engine.sync_engine, "before_cursor_execute", heard)
    for one, other in (
        ({"badge_number": "X-1", "name": "x"}, {"badge_number": "X-2", "name": "x"}),
        ({"badge_number": "B-S-1", "name": "x"}, {"badge_number": " ", "name": "x"}),
        ({"contact": "0977000111"}, {"contact": "x"}),
    ):
        reads = []
        for asked in (one, other):
            statements.clear()
            await service.verify(**asked)
            reads.append([said for said in statements if said.startswith("SELECT")])
        assert reads[0] == reads[1] != []


async def test_a_flood_of_odd_checks_is_seen_a_few_times(door: Door) -> None:  # row 16
    service, good = door.service, door.code()
    flood = [
        *({"visit_code": f"https://a{at}.x{at}.example/v/1"} for at in range(40)),
        *({"badge_number": f"X-{at}", "name": "x"} for at in range(40)),
        *({"badge_number": "B-S-1", "name": f"x{at}"} for at in range(40)),
        *({"visit_code": f"{good[:-2]}{at:02}"} for at in range(40) if f"{at:02}" != good[-2:]),
        *({"visit_code": f"{at}"} for at in range(40)),
    ]
    for asked in flood:
        await service.verify(**asked)
    kinds = [one["kind"] for one in await seen(service, limit="200")]
    counts = {kind: kinds.count(kind) for kind in kinds}
    assert counts.keys() == {"foreign_origin", "unknown_badge", "name_mismatch", "forged_code"}
    assert max(counts.values()) <= 16
    assert counts["forged_code"] == counts["name_mismatch"] == 1
    service.wait(hours=1)
    await service.verify(**flood[0])
    assert len(await seen(service, limit="200")) == len(kinds) + 1


async def test_events_hold_nothing_of_a_customer(service: Service) -> None:  # row 19
    entry = await watched(service, "phone", "0977 000 111")
    with service.runtime.news.listening("fraud") as news:
        await service.verify(contact="0977 000 111")
        said = news.get_nowait()
    assert (said.entry_id, said.source) == (entry["id"], "look_up")
    assert "977" not in json.dumps([said.report_id, said.severity, said.area, said.entry_id])
