"""The bank's other systems ask about a visit token, or end it."""

from typing import Any

import pytest

from domain.callers import Role
from tests.services import Door
from verifiers import jose_gate


async def ask(door: Door, token: str, call: str = "introspect") -> Any:  # noqa: ANN401 - JSON
    form = {"token": token, "token_type_hint": "access_token"}
    answer = await door.service.call("POST", f"/v1/{call}", role=Role.SERVICE, data=form)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_token_in_force_is_active(door: Door) -> None:
    token = door.phone.token["token"]
    told = await ask(door, token)
    claims = jose_gate.parse_object(jose_gate.decode(token.split(".")[1]))
    assert claims is not None
    assert told.pop("active") is True
    assert told.pop("token_type") == "visit+jwt"
    assert told == {name: claims[name] for name in told}
    assert told.keys() == {"iss", "aud", "sub", "jti", "iat", "nbf", "exp"}


@pytest.mark.parametrize("change", ["suspended", "cancelled", "moved", "expired", "revoked"])
async def test_what_no_scan_would_accept_is_inactive(door: Door, change: str) -> None:
    service, visit = door.service, f"/v1/visits/{door.visit['id']}"
    if change == "suspended":
        path = "/v1/registry/staff/S-1"
        await service.call("PATCH", path, {"status": "suspended"}, role=Role.REGISTRY)
    elif change == "cancelled":
        await service.make(f"{visit}/cancel", {"reason": "ill"}, Role.DISPATCHER)
    elif change == "moved":
        later = {"ends_at": "2026-11-24T05:30:00Z"}
        await service.call("PATCH", visit, later, role=Role.DISPATCHER)
    elif change == "expired":
        service.wait(hours=3)
    else:
        assert await ask(door, door.phone.token["token"], "revoke") == {}
        assert (await door.scan())["reason"] == "revoked"
    assert await ask(door, door.phone.token["token"]) == {"active": False}


@pytest.mark.parametrize("call", ["introspect", "revoke"])
async def test_anything_else_is_answered_alike(door: Door, call: str) -> None:
    good = door.phone.token["token"]
    expected = {"active": False} if call == "introspect" else {}
    # The mirrored signature verifies too (n - s), but is not the text on record.
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    signed, _, signature = good.rpartition(".")
    raw = jose_gate.decode(signature) or b""
    mirrored = raw[:32] + (order - int.from_bytes(raw[32:])).to_bytes(32)
    for other in ("x", good + "A", "a.b.c", f"{signed}.{'A' * 86}"):
        assert await ask(door, other, call) == expected
    if call == "introspect":
        assert await ask(door, f"{signed}.{jose_gate.encode(mirrored)}", call) == expected
    assert (await door.scan())["reason"] == "authorised"


async def test_a_signed_token_that_was_never_issued_is_inactive(door: Door) -> None:
    keys = await door.service.runtime.keys.refresh()
    assert keys.private_key is not None
    claims = jose_gate.parse_object(jose_gate.decode(door.phone.token["token"].split(".")[1]))
    assert claims is not None
    claims["jti"] = "A" * 22
    forged = jose_gate.sign(claims, keys.kid or "", keys.private_key, jose_gate.VISIT_TOKEN)
    assert await ask(door, forged) == {"active": False}
    assert await ask(door, forged, "revoke") == {}


async def test_a_form_without_a_token_is_refused(door: Door) -> None:
    for form in ({}, {"token": "x", "surprise": "y"}):
        refused = await door.service.call("POST", "/v1/introspect", role=Role.SERVICE, data=form)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
