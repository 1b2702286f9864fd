"""Signing keys go through their states, and nobody who writes rows can add one."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.ext.asyncio import AsyncEngine

from db.devices import Device
from db.signing_keys import SigningKey
from db.staff import Staff
from db.units_of_work import writing
from db.visit_tokens import VisitToken
from db.visits import Visit
from domain.errors import ConflictError, NotFoundError
from domain.randomness import system_randomness
from domain.states import KeyState
from service import signing_keys
from service.sealing import Seal, UnsealableError
from verifiers.jose_gate import public_jwk, thumbprint

SEAL = Seal.under(bytes(32), system_randomness)
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DAY = timedelta(hours=24)


async def states(engine: AsyncEngine) -> list[KeyState]:
    return [entry.state for entry in await signing_keys.list_keys(engine)]


async def activate(engine: AsyncEngine, kid: str, now: datetime) -> None:
    await signing_keys.activate(engine, SEAL, kid, now)


async def first_key(engine: AsyncEngine) -> str:
    await signing_keys.ensure_active(engine, SEAL, NOW)
    (entry,) = await signing_keys.list_keys(engine)
    return entry.kid


async def test_the_first_starts_of_two_processes_make_one_key(engine: AsyncEngine) -> None:
    await asyncio.gather(*(signing_keys.ensure_active(engine, SEAL, NOW) for _ in range(2)))
    await signing_keys.ensure_active(engine, SEAL, NOW)
    assert await states(engine) == [KeyState.ACTIVE]
    keys = await signing_keys.load(engine, SEAL)
    assert keys.kid in keys.ring
    assert keys.private_key is not None


async def test_a_key_is_published_a_day_before_it_signs(engine: AsyncEngine) -> None:
    old = await first_key(engine)
    new = await signing_keys.stage(engine, SEAL, NOW)
    published = await signing_keys.published(engine)
    assert {key["kid"] for key in published["keys"]} == {old, new}
    with pytest.raises(ConflictError, match="2026-11-25 09:30:00"):
        await signing_keys.activate(engine, SEAL, new, NOW + DAY - timedelta(seconds=1))
    assert (await signing_keys.load(engine, SEAL)).ring.keys() == {old}
    await signing_keys.activate(engine, SEAL, new, NOW + DAY)
    keys = await signing_keys.load(engine, SEAL)
    assert keys.kid == new
    assert keys.ring.keys() == {old, new}
    assert sorted(await states(engine)) == [KeyState.ACTIVE, KeyState.RETIRING]


async def test_published_keys_have_no_private_member(engine: AsyncEngine) -> None:
    await first_key(engine)
    (key,) = (await signing_keys.published(engine))["keys"]
    assert key.keys() == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert thumbprint(key) == key["kid"]


async def test_a_revoked_key_verifies_nothing_and_is_not_replaced(engine: AsyncEngine) -> None:
    kid = await first_key(engine)
    await signing_keys.revoke(engine, kid, NOW)
    await signing_keys.ensure_active(engine, SEAL, NOW)
    assert await states(engine) == [KeyState.REVOKED]
    assert await signing_keys.load(engine, SEAL) == signing_keys.SigningKeys({})
    assert await signing_keys.published(engine) == {"keys": []}
    for change in (activate, signing_keys.retire, signing_keys.revoke):
        with pytest.raises(ConflictError, match="is revoked"):
            await change(engine, kid, NOW)


async def test_after_an_emergency_a_new_key_signs_at_once(engine: AsyncEngine) -> None:
    await signing_keys.revoke(engine, await first_key(engine), NOW)
    new = await signing_keys.stage(engine, SEAL, NOW)
    await signing_keys.activate(engine, SEAL, new, NOW)
    assert (await signing_keys.load(engine, SEAL)).kid == new


async def test_a_retiring_key_stays_a_day_after_its_last_token(engine: AsyncEngine) -> None:
    old = await first_key(engine)
    expires_at = NOW + DAY + timedelta(hours=3)
    await record_token(engine, old, expires_at)
    new = await signing_keys.stage(engine, SEAL, NOW)
    await signing_keys.activate(engine, SEAL, new, NOW + DAY)
    await record_token(engine, new, expires_at + 5 * DAY)
    with pytest.raises(ConflictError, match="is needed until"):
        await signing_keys.retire(engine, old, expires_at + DAY - timedelta(seconds=1))
    await signing_keys.retire(engine, old, expires_at + DAY)
    assert await states(engine) == [KeyState.ACTIVE]


async def test_a_retiring_key_without_tokens_can_go(engine: AsyncEngine) -> None:
    old = await first_key(engine)
    new = await signing_keys.stage(engine, SEAL, NOW)
    await signing_keys.activate(engine, SEAL, new, NOW + DAY)
    await signing_keys.retire(engine, old, NOW + DAY)
    assert await states(engine) == [KeyState.ACTIVE]


async def test_an_unknown_key_is_named(engine: AsyncEngine) -> None:
    with pytest.raises(NotFoundError, match="no key nobody"):
        await signing_keys.revoke(engine, "nobody", NOW)


async def test_a_row_written_by_hand_stops_the_start(engine: AsyncEngine) -> None:
    await first_key(engine)
    public = public_jwk(ec.generate_private_key(ec.SECP256R1()))
    async with writing(engine) as session:
        forged = SigningKey(
            kid=thumbprint(public),
            public_jwk=public,
            private_sealed=bytes(150),
            state=KeyState.RETIRING,
            created_at=NOW,
            changed_at=NOW,
        )
        session.add(forged)
        await session.commit()
    with pytest.raises(UnsealableError):
        await signing_keys.load(engine, SEAL)


async def test_another_key_encryption_key_opens_nothing(engine: AsyncEngine) -> None:
    await first_key(engine)
    with pytest.raises(UnsealableError):
        await signing_keys.load(engine, Seal.under(b"\1" * 32, system_randomness))


async def test_a_wrong_key_encryption_key_leaves_no_key_behind(engine: AsyncEngine) -> None:
    other = Seal.under(b"\1" * 32, system_randomness)
    old = await first_key(engine)
    with pytest.raises(UnsealableError):
        await signing_keys.stage(engine, other, NOW)
    assert await states(engine) == [KeyState.ACTIVE]
    new = await signing_keys.stage(engine, SEAL, NOW)
    with pytest.raises(UnsealableError):
        await signing_keys.activate(engine, other, new, NOW + DAY)
    assert (await signing_keys.load(engine, SEAL)).kid == old


async def test_a_key_that_does_not_open_is_named_and_not_activated(engine: AsyncEngine) -> None:
    await first_key(engine)
    new = await signing_keys.stage(engine, SEAL, NOW)
    async with writing(engine) as session:
        row = await session.get(SigningKey, new)
        assert row is not None
        row.private_sealed = bytes(150)
        await session.commit()
    with pytest.raises(UnsealableError, match=f"menshen keys revoke {new}"):
        await signing_keys.activate(engine, SEAL, new, NOW + DAY)
    async with writing(engine) as session:
        row = await session.get(SigningKey, new)
        assert row is not None
        row.state = KeyState.RETIRING
        await session.commit()
    with pytest.raises(UnsealableError, match=f"menshen keys revoke {new}"):
        await signing_keys.load(engine, SEAL)


async def record_token(engine: AsyncEngine, kid: str, expires_at: datetime) -> None:
    async with writing(engine) as session:
        if await session.get(Staff, "st") is None:
            staff = Staff(id="st", staff_number="1", name="林", employer="B", status="active")
            visit = Visit(
                id="vi",
                status="planned",
                customer_kind="individual",
                customer_ref_sealed=b"",
                customer_ref_hash=b"",
                customer_phone_sealed=b"",
                customer_phone_hash=b"",
                address_sealed=b"",
                time_zone="Asia/Taipei",
                place_hint="3rd floor",
                purpose="other",
                documents=[],
                starts_at=NOW,
                ends_at=NOW + DAY,
                language="en",
                planned_by="case system",
                planned_at=NOW,
            )
            session.add_all([staff, visit])
            await session.flush()
            device = Device(
                id="de",
                staff_id="st",
                jkt="k",
                jwk={},
                label="phone",
                status="active",
                enrolled_at=NOW,
            )
            session.add(device)
            await session.flush()
        token = VisitToken(
            ref=system_randomness(16),
            token="",
            visit_id="vi",
            staff_id="st",
            device_id="de",
            kid=kid,
            issued_at=NOW,
            expires_at=expires_at,
        )
        session.add(token)
        await session.commit()
