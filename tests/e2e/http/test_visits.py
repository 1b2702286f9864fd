"""From planning to ending a visit, over HTTP."""

from datetime import timedelta
from typing import Any

import pytest

from domain.callers import Role
from tests.services import Door, Service, draft


async def test_a_visit_is_planned_with_a_notice_in_three_languages(service: Service) -> None:
    await service.add_staff("S-1", "林志明")
    visit = await service.plan()
    notice = visit["notice"]
    assert len(notice["code"]) == 10
    assert len(notice["phrase"].split()) == 2
    assert notice["texts"].keys() == {"zh-Hant", "zh-Hans", "en"}
    for text in notice["texts"].values():
        assert notice["code"][:5] in text
        assert notice["phrase"] in text
        assert "林志明" in text
        for secret in ("C-77", "345", "Harbour Road", "overdue", "debt"):
            assert secret not in text
    assert visit["staff"] == [{"staff_number": "S-1", "name": "林志明"}]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"place_hint": "x" * 41}, "invalid"),
        ({"place_hint": "ask for C-77"}, "invalid"),
        ({"place_hint": "account 123456"}, "invalid"),
        ({"staff": ["S-9"]}, "invalid"),
        ({"staff": []}, "invalid"),
        ({"agency_id": "ag_none"}, "invalid"),
        ({"ends_at": "2026-11-24T03:00:00Z"}, "invalid"),
        ({"ends_at": "2026-11-24T07:00:00Z"}, "slot_too_long"),
        ({"starts_at": "2026-11-23T03:00:00Z", "ends_at": "2026-11-23T04:00:00Z"}, "invalid"),
        ({"starts_at": "0001-01-01T00:00:00Z"}, "invalid"),
        ({"surprise": 1}, "invalid"),
        ({"address": {"text": "x", "time_zone": "Mars/Olympus"}}, "invalid"),
        ({"place_hint": "nul\x00"}, "invalid"),
    ],
    ids=str,
)
async def test_what_cannot_be_planned_changes_nothing(
    service: Service, changes: dict[str, Any], code: str
) -> None:
    await service.add_staff("S-1", "林志明")
    body = draft(service.now, **changes)
    refused = await service.call("POST", "/v1/visits", body, role=Role.DISPATCHER)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    listed = await service.call("GET", "/v1/visits", role=Role.DISPATCHER)
    assert listed.json() == {"items": [], "next_cursor": None}


async def test_repeating_a_request_plans_nothing_new(service: Service) -> None:
    await service.add_staff("S-1", "林志明")
    body, headers = draft(service.now), {"Idempotency-Key": "k1"}

    async def plan(request: object) -> Any:  # noqa: ANN401 - a response
        return await service.call(
            "POST", "/v1/visits", request, role=Role.DISPATCHER, headers=headers
        )

    first, again = await plan(body), await plan(body)
    assert first.json() == again.json()
    other = await plan({**body, "language": "zh-Hans"})
    assert other.status_code == 422
    service.wait(hours=25)
    later = await plan(draft(service.now))
    assert later.json()["id"] != first.json()["id"]


async def test_lists_are_paged_and_filtered(service: Service) -> None:
    await service.add_staff("S-1", "林志明")
    made = [await service.plan() for _ in range(3)]
    page = (await service.call("GET", "/v1/visits?limit=2", role=Role.DISPATCHER)).json()
    rest = (
        await service.call(
            "GET", "/v1/visits", role=Role.DISPATCHER, params={"cursor": page["next_cursor"]}
        )
    ).json()
    ids = [one["id"] for one in page["items"] + rest["items"]]
    assert sorted(ids) == sorted(one["id"] for one in made)
    assert rest["next_cursor"] is None
    for query, count in (
        ("status=planned", 3),
        ("status=ended", 0),
        ("date=2026-11-24", 3),
        ("date=2026-11-25", 0),
        ("staff=S-1", 3),
        ("staff=S-2", 0),
    ):
        found = await service.call("GET", f"/v1/visits?{query}", role=Role.DESK)
        assert len(found.json()["items"]) == count, query
        assert all("notice" not in one for one in found.json()["items"])
    for cursor in ("nonsense", "W10", "WzEsMl0"):
        bad = await service.call("GET", f"/v1/visits?cursor={cursor}", role=Role.DESK)
        assert bad.status_code == 422


async def test_moving_keeps_the_notice_and_revokes_the_tokens(door: Door) -> None:
    service, visit = door.service, door.visit
    starts = service.now + timedelta(hours=2)
    body = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
    moved = await service.call("PATCH", f"/v1/visits/{visit['id']}", body, role=Role.DISPATCHER)
    assert moved.status_code == 200
    assert moved.json()["notice"]["code"] == visit["notice"]["code"]
    assert moved.json()["notice"]["texts"] != visit["notice"]["texts"]
    assert (await door.scan())["reason"] == "revoked"


async def test_another_team_takes_over(door: Door) -> None:
    await door.service.add_staff("S-2", "陳美玲")
    moved = await door.service.call(
        "PATCH", f"/v1/visits/{door.visit['id']}", {"staff": ["S-2"]}, role=Role.DISPATCHER
    )
    assert [one["staff_number"] for one in moved.json()["staff"]] == ["S-2"]
    refused = await door.service.call(
        "POST",
        f"/v1/visits/{door.visit['id']}/tokens",
        {"device_id": door.phone.device_id},
        role=Role.STAFF,
        subject="S-1",
    )
    assert refused.status_code == 404


async def test_a_cancelled_visit_stays_cancelled(door: Door) -> None:
    path = f"/v1/visits/{door.visit['id']}"
    await door.service.make(f"{path}/cancel", {"reason": "ill"}, Role.DISPATCHER)
    assert (await door.scan())["reason"] == "not_authorised"
    for call in (
        ("POST", f"{path}/cancel", {"reason": "again"}),
        ("PATCH", path, {"staff": ["S-1"]}),
    ):
        again = await door.service.call(*call, role=Role.DISPATCHER)
        assert (again.status_code, again.json()["code"]) == (409, "conflict")


async def test_only_the_team_ends_a_visit(door: Door) -> None:
    path = f"/v1/visits/{door.visit['id']}/end"
    stranger = await door.service.call("POST", path, {}, role=Role.STAFF, subject="S-2")
    assert stranger.status_code == 404
    await door.service.make(path, {"outcome": "spoke"}, Role.STAFF, "S-1")
    assert (await door.scan())["reason"] == "not_authorised"


async def test_desk_and_channel_see_what_the_customer_may(door: Door) -> None:
    visit, service = door.visit, door.service
    for query in (
        {"customer_phone": "+886912345678"},
        {"notice_code": visit["notice"]["code"].lower()},
        {"badge_number": "B-S-1"},
    ):
        found = await service.call("GET", "/v1/desk/visits", role=Role.DESK, params=query)
        (one,) = found.json()["items"]
        assert one["phrase"] == visit["notice"]["phrase"]
        assert one["team"] == [{"name": "林志明", "active": True}]
        assert "customer_ref" not in one
    none = await service.call(
        "GET", "/v1/desk/visits", role=Role.DESK, params={"notice_code": "0" * 10}
    )
    assert none.json()["items"] == []
    own = await service.call("GET", "/v1/customers/C-77/visits", role=Role.CHANNEL)
    assert [one["id"] for one in own.json()["items"]] == [visit["id"]]
    other = await service.call("GET", "/v1/customers/C-78/visits", role=Role.CHANNEL)
    assert other.json()["items"] == []


async def test_a_visit_is_read_by_its_id(door: Door) -> None:
    path = f"/v1/visits/{door.visit['id']}"
    assert (await door.service.call("GET", path, role=Role.DISPATCHER)).json() == door.visit
    seen = (await door.service.call("GET", path, role=Role.AUDITOR)).json()
    assert seen.get("notice") is None
    missing = await door.service.call("GET", "/v1/visits/none", role=Role.DESK)
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
