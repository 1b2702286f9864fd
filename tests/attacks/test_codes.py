"""Attacks on codes, tokens and clocks (rows 1-4, 13, 20, 21 of the threat list)."""

import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jose import jws
from sqlalchemy import text

from tests.services import ORIGIN, Door, Service
from verifiers import device_proof, jose_gate, visit_code, visit_token

UNRECOGNISED = [{"name": "code", "outcome": "fail"}]


def is_uniform(answer: dict[str, Any]) -> bool:
    """Tell whether an answer is the one that everything unproven gets."""
    return (
        answer["reason"] == "unrecognised"
        and answer["checks"] == UNRECOGNISED
        and all(
            answer[name] is None for name in ("visitor", "visit", "match_number", "also_checked_at")
        )
    )


async def test_of_all_mutations_only_the_original_is_accepted(door: Door) -> None:  # row 1
    good = door.code()
    start = len(f"{ORIGIN}/v/")
    positions = range(start, len(good), 7)
    mutated = [f"{good[:at]}{(int(good[at]) + 1) % 10}{good[at + 1 :]}" for at in positions]
    mutated += [good + "0", good[:-1], good.upper(), f" {good}", good.replace("/v/", "/V/"), ""]
    accepted = [
        code
        for code in [good, *mutated]
        if (await door.service.verify(visit_code=code))["reason"] == "authorised"
    ]
    assert accepted == [good]


async def test_another_phones_key_proves_nothing(door: Door) -> None:  # row 1
    door.phone.private_key = ec.generate_private_key(ec.SECP256R1())
    assert is_uniform(await door.scan())


@pytest.mark.parametrize("attack", ["none", "pem", "der", "jwk", "jku", "x5u", "crit", "p384"])
async def test_a_stored_token_of_a_confused_algorithm_is_refused(  # row 2
    door: Door, attack: str
) -> None:
    runtime = door.service.runtime
    keys = await runtime.keys.refresh()
    private = keys.private_key
    assert private is not None
    good = door.phone.token["token"]
    head, body, signature = good.split(".")
    header = {"alg": "ES256", "kid": keys.kid, "typ": "visit+jwt"}
    public = private.public_key()
    secrets = {
        "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "der": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    }
    if attack == "none":
        forged = f"{encoded({**header, 'alg': 'none'})}.{body}.{signature}"
    elif attack in secrets:
        forged = with_hmac({**header, "alg": "HS256"}, body, secrets[attack])
    elif attack == "p384":
        other = ec.generate_private_key(ec.SECP384R1())
        pem = other.private_bytes(*PEM)
        claims = jose_gate.parse_object(jose_gate.decode(body))
        assert claims is not None
        forged = jws.sign(claims, pem.decode(), headers=header, algorithm="ES384")
    else:
        value = {"jwk": jose_gate.public_jwk(private), "crit": ["exp"]}.get(
            attack, "https://evil.example/key"
        )
        new_head = encoded({**header, attack: value})
        signed = jose_gate.sign_bytes(f"{new_head}.{body}".encode(), private)
        forged = f"{new_head}.{body}.{jose_gate.encode(signed)}"
    assert forged != good
    assert head
    await write(door.service, forged)
    assert is_uniform(await door.scan())
    await write(door.service, good)
    assert (await door.scan())["reason"] == "authorised"


async def test_a_token_ends_to_the_second(door: Door) -> None:  # row 3
    service = door.service
    end = service.now.replace(hour=5, minute=20)  # slot end 04:50 + 30 min
    for offset, reason in ((-1, "outside_window"), (0, "not_authorised"), (1, "not_authorised")):
        service.clock[0] = end + timedelta(seconds=offset)
        assert (await door.scan())["reason"] == reason


async def test_a_token_is_refused_before_its_time(service: Service) -> None:  # row 3
    await service.add_staff("S-1", "林志明")
    phone = await service.enrol("S-1")
    visit = await service.plan(starts_at="2026-11-24T06:00:00Z", ends_at="2026-11-24T07:00:00Z")
    await service.fetch(phone, visit["id"])
    door = Door(service, phone, visit)
    assert (await door.scan())["reason"] == "not_authorised"
    service.clock[0] = service.now.replace(hour=5, minute=30)
    assert (await door.scan())["reason"] == "outside_window"


@pytest.mark.parametrize("years", [10, 1])
async def test_a_token_of_ten_years_is_refused(door: Door, years: int) -> None:  # row 3
    keys = await door.service.runtime.keys.refresh()
    claims = jose_gate.parse_object(jose_gate.decode(door.phone.token["token"].split(".")[1]))
    assert claims is not None
    assert keys.private_key is not None
    claims["exp"] += years * 365 * 86400
    long_lived = jose_gate.sign(claims, keys.kid or "", keys.private_key, jose_gate.VISIT_TOKEN)
    await write(door.service, long_lived)
    assert is_uniform(await door.scan())


async def test_a_photographed_code_dies(door: Door) -> None:  # row 4
    service, code = door.service, door.code()
    service.wait(seconds=59)
    assert (await service.verify(visit_code=code))["reason"] == "authorised"
    service.wait(seconds=62)
    late = await service.verify(visit_code=code)
    assert (late["verdict"], late["reason"]) == ("caution", "expired_code")
    assert (late["visitor"], late["visit"], late["match_number"]) == (None, None, None)
    service.wait(hours=27)
    assert is_uniform(await service.verify(visit_code=code))


async def test_a_foreign_origin_is_refused_and_never_fetched(  # row 13
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetched(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("socket.getaddrinfo", fetched)
    digits = door.code().rpartition("/")[2]
    for origin in (
        "https://verify.bank.example.evil.example",
        "http://verify.bank.example",
        "https://verify.bank.example:444",
        "https://verify.bank.example@evil.example",
        "",
    ):
        answer = await door.service.verify(
            visit_code=f"{origin}/v/{digits}", notice_code=door.visit["notice"]["code"]
        )
        assert is_uniform(answer)


async def test_a_stolen_signing_key_alone_opens_no_door(door: Door) -> None:  # row 20
    keys = await door.service.runtime.keys.refresh()
    assert keys.private_key is not None
    ref = bytes(range(16))
    claims = visit_token.build_claims(
        issuer=ORIGIN,
        staff="st_forged",
        ref=ref,
        issued_at=int(door.service.now.timestamp()),
        not_before=int(door.service.now.timestamp()),
        expires_at=int(door.service.now.timestamp()) + 3600,
        visit=door.visit["id"],
        purpose="visit",
        employer="bank",
        photo="A" * 43,
        jkt="A" * 43,
    )
    assert jose_gate.sign(claims, keys.kid or "", keys.private_key, jose_gate.VISIT_TOKEN)
    step = device_proof.step_at(door.service.now.timestamp())
    proof = device_proof.proof_input(jose_gate.encode(ref), step)
    signed = jose_gate.sign_bytes(proof, door.phone.private_key)
    code = visit_code.build(ORIGIN, ref, step, signed)
    assert is_uniform(await door.service.verify(visit_code=code))


async def test_the_window_is_the_servers(door: Door) -> None:  # row 21
    now = door.service.now  # at the start of a step
    for skew in range(-300, 301, 15):
        shown = door.phone.code(now + timedelta(seconds=skew))
        fresh = -2 <= skew // 30 <= 1
        expected = "authorised" if fresh else "expired_code"
        assert (await door.service.verify(visit_code=shown))["reason"] == expected, skew


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(max_size=300))
async def test_any_text_gets_a_verdict_or_a_clear_error(door: Door, typed: str) -> None:
    for body in (
        {"visit_code": typed},
        {"visit_code": f"{ORIGIN}/v/{typed}"},
        {"visit_code": door.code(), "notice_code": typed},
        {"badge_number": typed, "name": typed},
        {"notice_code": typed, "phone_last4": typed},
        {"contact": typed},
        {"contact": f"https://{typed}"},
    ):
        response = await door.service.call("POST", "/v1/verifications", body)
        assert response.status_code in {200, 422}, (body, response.text)


PEM = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def encoded(header: dict[str, Any]) -> str:
    """Return a JWS header's segment."""
    return jose_gate.encode(json.dumps(header, separators=(",", ":")).encode())


def with_hmac(header: dict[str, Any], body: str, secret: bytes) -> str:
    """Sign with HS256 under bytes that everybody knows."""
    signed = f"{encoded(header)}.{body}"
    return f"{signed}.{jose_gate.encode(hmac.digest(secret, signed.encode(), 'sha256'))}"


async def write(service: Service, token: str) -> None:
    """Write a token into the database, as its administrator could."""
    async with service.runtime.engine.begin() as connection:
        await connection.execute(text("UPDATE visit_token SET token = :token"), {"token": token})
