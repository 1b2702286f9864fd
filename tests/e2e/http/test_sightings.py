"""Every odd check is a sighting by itself, and a good one is none."""

from typing import Any

from domain.callers import Role
from tests.e2e.http.test_reports import one_report
from tests.services import FAR, HOME, ORIGIN, Door, Service
from tests.watchlist import seen


async def odd(service: Service, **asked: Any) -> list[tuple[str, str | None, str | None]]:  # noqa: ANN401 - JSON
    """Check something an hour later; return what was odd about it alone."""
    answer = await service.verify(**asked)
    found = [
        (one["kind"], one["badge_number"], one["origin"])
        for one in await seen(service)
        if one["verification_id"] == answer["id"]
    ]
    return sorted(found)


async def test_what_is_odd_about_a_code_is_seen(door: Door) -> None:
    service, good = door.service, door.code()
    assert await odd(service, visit_code=good, place=HOME) == []
    far = await odd(service, visit_code=good, place=FAR)
    assert far == [("far_apart", "B-S-1", None)]
    forged = good[:-1] + ("1" if good[-1] != "1" else "2")
    assert await odd(service, visit_code=forged) == [("forged_code", "B-S-1", None)]
    foreign = good.replace(ORIGIN, "https://verify.bank.evil.example")
    assert await odd(service, visit_code=foreign) == [("foreign_origin", None, "evil.example")]
    for garbage in ("x", f"{ORIGIN}/other", "verify.evil.example/v/1", "javascript:alert(1)"):
        assert await odd(service, visit_code=garbage) == []
    service.wait(minutes=5)
    assert await odd(service, visit_code=good) == [("expired_code", "B-S-1", None)]
    service.wait(minutes=50)
    assert await odd(service, visit_code=door.code()) == [("outside_slot", "B-S-1", None)]
    path = "/v1/registry/staff/S-1"
    await service.call("PATCH", path, {"status": "suspended"}, role=Role.REGISTRY)
    assert await odd(service, visit_code=door.code()) == [("revoked", "B-S-1", None)]
    await service.call("PATCH", path, {"status": "active"}, role=Role.REGISTRY)
    await service.call(
        "POST", f"/v1/visits/{door.visit['id']}/cancel", {"reason": "x"}, role=Role.DISPATCHER
    )
    assert await odd(service, visit_code=door.code()) == [("not_authorised", "B-S-1", None)]


async def test_what_is_odd_about_a_badge_is_seen(door: Door) -> None:
    service, right = door.service, {"badge_number": "B-S-1", "name": "林志明"}
    wrong = {"badge_number": "B-S-1", "name": "王大明"}
    assert await odd(service, **right) == []
    assert await odd(service, **wrong) == [("name_mismatch", "B-S-1", None)]
    unknown = {"badge_number": "X-1", "name": "王大明"}
    assert await odd(service, **unknown) == [("unknown_badge", "X-1", None)]
    assert await odd(service, badge_number="x" * 65, name="王大明") == []
    path = "/v1/registry/badges/B-S-1"
    for status, kind in (("revoked", "revoked"), ("stolen", "lost_badge"), ("lost", "lost_badge")):
        service.wait(hours=1)
        await service.call("PATCH", path, {"status": status}, role=Role.REGISTRY)
        assert await odd(service, **right) == [(kind, "B-S-1", None)], status
    service.wait(hours=1)
    both = [("lost_badge", "B-S-1", None), ("name_mismatch", "B-S-1", None)]
    assert await odd(service, **wrong) == both


async def test_sightings_are_found_and_hold_nothing_of_the_customer(door: Door) -> None:
    service = door.service
    for number, place in ((1, HOME), (2, FAR), (3, None)):
        asked = {"badge_number": f"X-{number}", "name": "王大明", "place": place}
        await service.verify(**{name: one for name, one in asked.items() if one is not None})
        service.wait(days=1)
    home = "25.0330,121.5654"
    for filters, numbers in (
        ({}, "321"),
        ({"kind": "unknown_badge"}, "321"),
        ({"kind": "lost_badge"}, ""),
        ({"badge_number": "x - 2"}, "2"),
        ({"from": "2026-11-25"}, "32"),
        ({"to": "2026-11-25"}, "21"),
        ({"near": f"{home},3"}, "1"),
        ({"near": f"{home},30"}, "21"),
        ({"near": f"{home},30", "badge_number": "X-2"}, "2"),
    ):
        found = [one["badge_number"] for one in await seen(service, **filters)]
        assert found == [f"X-{one}" for one in numbers], filters
    page = await service.call("GET", "/v1/fraud/sightings?limit=2", role=Role.AUDITOR)
    assert [one["badge_number"] for one in page.json()["items"]] == ["X-3", "X-2"]
    rest = await seen(service, limit="2", cursor=page.json()["next_cursor"])
    assert [one["badge_number"] for one in rest] == ["X-1"]
    (at_home,) = await seen(service, near=f"{home},3")
    assert (at_home["latitude"], at_home["longitude"]) != tuple(HOME.values())
    for wrong in ("kind=odd", "near=x", "cursor=x", "from=x"):
        refused = await service.call("GET", f"/v1/fraud/sightings?{wrong}", role=Role.FRAUD)
        assert refused.status_code == 422, wrong
    async with service.runtime.engine.connect() as connection:
        rows = str((await connection.exec_driver_sql("SELECT * FROM sighting")).all())
    for secret in ("王大明", "25.033,", "121.5654", "127.0.0.1", door.visit["id"]):
        assert secret not in rows


async def test_a_report_shows_sightings_of_the_same(door: Door) -> None:
    service = door.service
    asked = [
        await service.verify(badge_number="X-1", name="王大明"),
        await service.verify(visit_code="https://a.evil.example/v/1"),
        await service.verify(badge_number="X-2", name="王大明"),
    ]
    await service.verify(badge_number="X-3", name="王大明")
    _, report_id = await one_report(
        service,
        claimed={"badge_number": "x-1"},
        url="http://b.evil.example/",
        verification_id=asked[2]["id"],
    )
    path = f"/v1/fraud/reports/{report_id}"
    detail = (await service.call("GET", path, role=Role.FRAUD)).json()
    related = {one["verification_id"] for one in detail["sightings"]}
    assert related == {one["id"] for one in asked}
    service.wait(seconds=1)  # the last received is the first in the queue
    _, other = await one_report(service, claimed={})
    detail = (await service.call("GET", f"/v1/fraud/reports/{other}", role=Role.FRAUD)).json()
    assert detail["sightings"] == []
