"""Phones and tokens over HTTP."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from domain.callers import Role
from tests.services import Door, Phone, Service, draft, photo
from verifiers import jose_gate


def device(code: str | None = None, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    jwk = jose_gate.public_jwk(ec.generate_private_key(ec.SECP256R1()))
    return {"jwk": {**jwk, **changes}, "label": "phone", "enrolment_code": code}


async def add_code(service: Service, number: str = "S-1") -> str:
    made = await service.make(
        "/v1/registry/enrolment-codes", {"staff_number": number}, Role.REGISTRY
    )
    return str(made["code"])


async def enrol(service: Service, body: object, subject: str = "S-1") -> Any:  # noqa: ANN401 - a response
    return await service.call("POST", "/v1/devices", body, role=Role.STAFF, subject=subject)


async def test_a_code_enrols_one_phone_of_its_owner(service: Service) -> None:
    await service.add_staff("S-1", "林志明")
    await service.add_staff("S-2", "陳美玲")
    code = await add_code(service)
    stolen = await enrol(service, device(code), "S-2")
    assert stolen.json()["status"] == "pending"
    assert (await enrol(service, device(code))).json()["status"] == "active"
    assert (await enrol(service, device(code))).json()["status"] == "pending"
    assert (await enrol(service, device())).json()["status"] == "pending"


async def test_a_code_lives_15_minutes_and_5_tries(service: Service) -> None:
    await service.add_staff("S-1", "林志明")
    old = await add_code(service)
    service.wait(minutes=15)
    assert (await enrol(service, device(old))).json()["status"] == "pending"
    code = await add_code(service)
    for _ in range(5):
        await enrol(service, device("0000000000"))
    assert (await enrol(service, device(code))).json()["status"] == "pending"


async def test_the_fifth_try_may_be_right(service: Service) -> None:
    await service.add_staff("S-1", "林志明")
    code = await add_code(service)
    for _ in range(4):
        await enrol(service, device("0000000000"))
    assert (await enrol(service, device(code))).json()["status"] == "active"


@pytest.mark.parametrize(
    "jwk", [{"d": "AA"}, {"crv": "P-384"}, {"x": "AA"}, {"use": "enc"}, {"kty": "oct"}], ids=str
)
async def test_only_a_public_p256_key_enrols(service: Service, jwk: dict[str, str]) -> None:
    await service.add_staff("S-1", "林志明")
    refused = await enrol(service, device(**jwk))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


async def test_a_key_enrols_once_and_only_for_active_staff(service: Service) -> None:
    await service.add_staff("S-1", "林志明")
    body = device()
    assert (await enrol(service, body)).status_code == 201
    again = await enrol(service, body)
    assert (again.status_code, again.json()["code"]) == (409, "device_exists")
    await service.call("PATCH", "/v1/registry/staff/S-1", {"status": "left"}, role=Role.REGISTRY)
    assert (await enrol(service, device())).status_code == 403
    assert (await enrol(service, device(), "S-9")).status_code == 404


async def test_a_registry_approves_a_pending_phone_but_no_revoked_one(service: Service) -> None:
    await service.add_staff("S-1", "林志明")
    made = (await enrol(service, device())).json()
    path = f"/v1/devices/{made['id']}"
    assert (await service.make(f"{path}/approve", None, Role.REGISTRY))["status"] == "active"
    assert (await service.make(f"{path}/revoke", None, Role.DESK))["status"] == "revoked"
    again = await service.call("POST", f"{path}/approve", role=Role.REGISTRY)
    assert again.status_code == 409
    for action, role in (("approve", Role.REGISTRY), ("revoke", Role.DESK)):
        missing = await service.call("POST", f"/v1/devices/none/{action}", role=role)
        assert missing.status_code == 404


async def test_only_its_owner_revokes_a_phone_himself(door: Door) -> None:
    service, path = door.service, f"/v1/devices/{door.phone.device_id}/revoke"
    await service.add_staff("S-2", "陳美玲")
    stranger = await service.call("POST", path, role=Role.STAFF, subject="S-2")
    assert stranger.status_code == 404
    await service.make(path, None, Role.STAFF, "S-1")
    assert (await door.scan())["reason"] == "revoked"


async def test_a_phone_is_told_its_state_and_nobody_else_s(service: Service) -> None:
    await service.add_staff("S-1", "林志明")
    await service.add_staff("S-2", "陳美玲")
    made = (await enrol(service, device())).json()
    path = f"/v1/devices/{made['id']}"

    async def state() -> object:
        told = await service.call("GET", path, role=Role.STAFF, subject="S-1")
        assert told.json() | {"status": ""} == made | {"status": ""}
        return told.json()["status"]

    assert await state() == "pending"
    await service.make(f"{path}/approve", None, Role.REGISTRY)
    assert await state() == "active"
    await service.make(f"{path}/revoke", None, Role.DESK)
    assert await state() == "revoked"
    for asked, subject in ((path, "S-2"), (path, "S-9"), ("/v1/devices/none", "S-1")):
        refused = await service.call("GET", asked, role=Role.STAFF, subject=subject)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


async def fetch(service: Service, phone: Phone, visit_id: str) -> Any:  # noqa: ANN401 - a response
    path, body = f"/v1/visits/{visit_id}/tokens", {"device_id": phone.device_id}
    return await service.call("POST", path, body, role=Role.STAFF, subject=phone.staff_number)


async def test_a_token_is_for_a_day_ahead_and_until_its_end(service: Service) -> None:
    await service.add_staff("S-1", "林志明")
    phone = await service.enrol("S-1")
    late = {"starts_at": "2026-11-25T05:00:00Z", "ends_at": "2026-11-25T06:00:00Z"}
    visit = await service.plan(**late)
    assert (await fetch(service, phone, visit["id"])).status_code == 409
    service.wait(minutes=30)
    token = (await fetch(service, phone, visit["id"])).json()
    assert (token["not_before"], token["expires_at"]) == (
        "2026-11-25T04:30:00Z",
        "2026-11-25T06:30:00Z",
    )
    assert token["code_url_prefix"].endswith("/v/")
    service.wait(days=2)
    assert (await fetch(service, phone, visit["id"])).status_code == 409


async def test_a_phone_keeps_its_token_until_something_that_it_says_changes(door: Door) -> None:
    service, visit_id = door.service, door.visit["id"]
    kept = door.phone.token["ref"]
    service.wait(minutes=5)
    assert (await fetch(service, door.phone, visit_id)).json()["ref"] == kept
    photo_path = "/v1/registry/staff/S-1/photo"
    await service.call("PUT", photo_path, role=Role.REGISTRY, content=photo(7))
    renewed = (await fetch(service, door.phone, visit_id)).json()["ref"]
    assert renewed != kept
    await service.make(f"/v1/tokens/{renewed}/revoke", None, Role.REGISTRY)
    third = await fetch(service, door.phone, visit_id)
    assert third.json()["ref"] not in {kept, renewed}
    door.phone.token = third.json()
    assert (await door.scan())["reason"] == "authorised"
    moved = {"ends_at": "2026-11-24T05:30:00Z"}
    await service.call("PATCH", f"/v1/visits/{visit_id}", moved, role=Role.DISPATCHER)
    assert (await door.scan())["reason"] == "revoked"
    await service.fetch(door.phone, visit_id)
    assert (await door.scan())["reason"] == "authorised"


async def test_no_token_without_right(door: Door) -> None:
    service, visit_id = door.service, door.visit["id"]
    await service.add_staff("S-2", "陳美玲")
    other = await service.enrol("S-2")
    assert (await fetch(service, other, visit_id)).status_code == 404
    borrowed = Phone("S-1", other.private_key, other.device_id)
    assert (await fetch(service, borrowed, visit_id)).status_code == 404
    await service.make(f"/v1/devices/{door.phone.device_id}/revoke", None, Role.DESK)
    assert (await fetch(service, door.phone, visit_id)).status_code == 403
    await service.call(
        "PATCH", "/v1/registry/staff/S-1", {"status": "suspended"}, role=Role.REGISTRY
    )
    assert (await fetch(service, door.phone, visit_id)).status_code == 403


async def test_no_token_for_a_cancelled_visit(door: Door) -> None:
    path = f"/v1/visits/{door.visit['id']}/cancel"
    await door.service.make(path, {"reason": "ill"}, Role.DISPATCHER)
    assert (await fetch(door.service, door.phone, door.visit["id"])).status_code == 409


@pytest.mark.parametrize("subject", ["S-1", "S-2"])
async def test_no_screen_for_a_cancelled_visit_or_anothers(door: Door, subject: str) -> None:
    """Said before the stream begins: a stream that breaks off is asked for again for ever."""
    await door.service.add_staff("S-2", "陳美玲")
    if subject == "S-1":
        path = f"/v1/visits/{door.visit['id']}/cancel"
        await door.service.make(path, {"reason": "ill"}, Role.DISPATCHER)
    asked = f"/v1/visits/{door.visit['id']}/events?device_id={door.phone.device_id}"
    response = await door.service.call("GET", asked, role=Role.STAFF, subject=subject)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"starts_at": "2026-11-24T14:30:00Z", "ends_at": "2026-11-24T15:00:00Z"}, "cn.window"),
        ({}, "cn.team"),
    ],
)
async def test_a_broken_rule_is_named_with_its_source(
    service: Service, changes: dict[str, str], rule: str
) -> None:
    await service.add_staff("S-1", "林志明")
    phone = await service.enrol("S-1")
    visit = await service.make(
        "/v1/visits", draft(service.now, jurisdiction="CN", **changes), Role.DISPATCHER
    )
    refused = await fetch(service, phone, visit["id"])
    assert refused.status_code == 403
    assert refused.json()["rule"] == rule
    assert "CBA" in refused.json()["source"]


async def test_a_revoked_token_is_refused(door: Door) -> None:
    path = f"/v1/tokens/{door.phone.token['ref']}/revoke"
    await door.service.make(path, None, Role.REGISTRY)
    assert (await door.scan())["reason"] == "revoked"
    for ref in ("A" * 22, "nonsense!"):
        missing = await door.service.call("POST", f"/v1/tokens/{ref}/revoke", role=Role.REGISTRY)
        assert missing.status_code == 404


async def test_staff_see_their_own_visits(door: Door) -> None:
    own = await door.service.call("GET", "/v1/staff/visits", role=Role.STAFF, subject="S-1")
    assert [one["id"] for one in own.json()["items"]] == [door.visit["id"]]
    other = await door.service.call("GET", "/v1/staff/visits", role=Role.STAFF, subject="S-2")
    assert other.json()["items"] == []
