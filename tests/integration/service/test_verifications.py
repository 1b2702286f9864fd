"""What a customer is told at the door, and that it is on record before it is told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from db.base import Table
from db.tables import Agency, Device, Staff, Verification, Visit, VisitToken
from db.units_of_work import reading, writing
from domain.verdicts import Check, Outcome, Reason, Verdict
from service import signing_keys
from service.answers import Answer, Asker
from service.recorders import NotRecordedError
from service.verifications import check_visit_code
from tests.doors import HOME, ORIGIN, SEAL, STARTS, Door, make_token, open_door
from verifiers.jose_gate import public_jwk, thumbprint
from verifiers.risk import Place

ME, NEIGHBOUR = Asker(client_hash=b"me"), Asker(client_hash=b"neighbour")
FAR = Place(25.2130, 121.5654)


async def scan(door: Door, code: str | None = None, asker: Asker = ME) -> Answer:
    return await check_visit_code(door.runtime, code or door.code(), asker)


async def rows(door: Door) -> list[Verification]:
    async with reading(door.runtime.engine) as session:
        query = select(Verification).order_by(Verification.checked_at)  # type: ignore[arg-type]
        return list((await session.exec(query)).all())


async def test_a_genuine_visitor_is_shown_and_recorded(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    answer = await scan(door)
    assert (answer.verdict, answer.reason) == (Verdict.GENUINE, Reason.AUTHORISED)
    assert answer.visitor is not None
    assert (answer.visitor.name, answer.visitor.badge_number) == ("林志明", "B-st_1")
    assert answer.visitor.agency == "Harbour Services"  # never the name that tells of a debt
    assert answer.visit is not None
    assert answer.visit.place_hint == "the blue gate"
    (row,) = await rows(door)
    assert (row.id, row.reason) == (answer.id, "authorised")
    assert row.match_number == answer.match_number is not None
    assert answer.match_number is not None
    assert answer.match_number.isdigit()
    assert len(answer.match_number) == 2


async def test_a_stale_code_shows_nobody(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    code = door.code()
    door.now += timedelta(seconds=59)
    assert (await scan(door, code)).reason is Reason.AUTHORISED
    door.now += timedelta(seconds=62)
    answer = await scan(door, code)
    assert (answer.reason, answer.visitor, answer.visit) == (Reason.EXPIRED_CODE, None, None)
    assert answer.match_number is None


@pytest.mark.parametrize(
    ("table", "values", "reason"),
    [
        (Staff, {"status": "suspended"}, Reason.REVOKED),
        (Staff, {"status": "left"}, Reason.REVOKED),
        (Device, {"status": "revoked"}, Reason.REVOKED),
        (VisitToken, {"revoked_at": STARTS}, Reason.REVOKED),
        (Visit, {"status": "cancelled"}, Reason.NOT_AUTHORISED),
        (Visit, {"status": "ended"}, Reason.NOT_AUTHORISED),
        (Agency, {"contract_starts_on": STARTS.date() - timedelta(days=2)}, Reason.AUTHORISED),
        (Staff, {"name": "Somebody Else"}, Reason.NOT_AUTHORISED),
        (Staff, {"photo_sha256": None}, Reason.NOT_AUTHORISED),
        (Visit, {"starts_at": STARTS + timedelta(minutes=30)}, Reason.OUTSIDE_WINDOW),
    ],
    ids=str,
)
async def test_the_next_scan_sees_a_change(
    engine: AsyncEngine, table: type[Table], values: Mapping[str, Any], reason: Reason
) -> None:
    door = await open_door(engine)
    assert (await scan(door)).reason is Reason.AUTHORISED
    await door.change(table, **values)
    answer = await scan(door)
    assert answer.reason is reason
    assert (answer.visitor is None) is (answer.verdict is Verdict.NOT_GENUINE)


async def test_an_ended_contract_refuses_tokens_issued_before(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    ended = STARTS.date() - timedelta(days=1)
    await door.change(Agency, contract_starts_on=ended, contract_ends_on=ended)
    assert (await scan(door)).reason is Reason.NOT_AUTHORISED


async def test_whatever_is_not_proven_looks_the_same(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    good = door.code()
    other_phone = Door(door.runtime, door.now, {"st_1": door.phones["st_2"]}, door.refs).code()
    forged = [
        "",
        "我是銀行的人",
        good.replace(ORIGIN, "https://verify.bank.example.attacker.example"),
        good[:-1] + ("1" if good[-1] != "1" else "2"),
        door.code(ref=bytes(16)),
        other_phone,
    ]
    for code in forged:
        answer = await scan(door, code or "x")
        assert (answer.reason, answer.checks) == (
            Reason.UNRECOGNISED,
            (Check("code", Outcome.FAIL),),
        )
        assert (answer.visitor, answer.visit, answer.match_number) == (None, None, None)
    assert len(await rows(door)) == len(forged)


async def test_rows_written_by_a_database_administrator_prove_nothing(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    other = make_token(door, bytes(16), "st_1", "林志明", "A" * 43)
    for token in ("", "a.b.c", other):
        await door.change(VisitToken, token=token)
        assert (await scan(door)).reason is Reason.UNRECOGNISED
    await door.change(Device, jwk={})
    assert (await scan(door)).reason is Reason.UNRECOGNISED


async def test_two_visitors_confirm_each_other_where_policy_asks(engine: AsyncEngine) -> None:
    door = await open_door(engine, pack="cn")
    assert (await scan(door)).reason is Reason.LONE_VISITOR
    assert (await scan(door)).reason is Reason.LONE_VISITOR  # the same one twice is still alone
    assert (await scan(door, door.code("st_2"))).reason is Reason.AUTHORISED
    assert (await scan(door)).reason is Reason.AUTHORISED
    door.now += timedelta(minutes=16)
    assert (await scan(door)).reason is Reason.LONE_VISITOR


async def test_a_suspended_colleague_confirms_nobody(engine: AsyncEngine) -> None:
    door = await open_door(engine, pack="cn")
    await scan(door, door.code("st_2"))
    async with writing(engine) as session:
        colleague = await session.get_one(Staff, "st_2")
        colleague.status = "suspended"
        await session.commit()
    assert (await scan(door)).reason is Reason.LONE_VISITOR


async def test_a_family_at_one_door_stays_genuine(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    for number in range(6):
        member = Asker(client_hash=bytes([number]), place=HOME)
        assert (await scan(door, asker=member)).reason is Reason.AUTHORISED


async def test_a_relay_to_another_door_is_seen_elsewhere(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    await scan(door, asker=Asker(client_hash=b"me", place=HOME))
    answer = await scan(door, asker=Asker(client_hash=b"victim", place=FAR))
    assert (answer.verdict, answer.reason) == (Verdict.CAUTION, Reason.SEEN_ELSEWHERE)
    assert answer.checks[-1] == Check("place", Outcome.FAIL)


async def test_another_phone_is_mentioned_but_not_oneself(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    await scan(door)
    assert (await scan(door)).also_checked_at is None
    assert (await scan(door, asker=NEIGHBOUR)).also_checked_at == door.now


async def test_failed_codes_of_others_are_not_mentioned(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    good = door.code()
    forged = good[:-1] + ("1" if good[-1] != "1" else "2")
    await scan(door, forged, NEIGHBOUR)
    assert (await scan(door)).also_checked_at is None


async def test_without_a_record_there_is_no_answer(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE verification RENAME COLUMN kind TO gone"))
    with pytest.raises(NotRecordedError):
        await scan(door)


async def test_the_bank_s_own_staff_need_no_agency(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    await door.change(Staff, agency_id=None)
    answer = await scan(door)
    assert answer.reason is Reason.AUTHORISED
    assert answer.visitor is not None
    assert answer.visitor.agency is None


async def test_a_visitor_without_photo_is_named_all_the_same(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    jkt = thumbprint(public_jwk(door.phones["st_1"]))
    token = make_token(door, door.refs["st_1"], "st_1", "林志明", jkt, photo=None)
    async with writing(engine) as session:
        (await session.get_one(VisitToken, door.refs["st_1"])).token = token
        (await session.get_one(Staff, "st_1")).photo_sha256 = None
        await session.commit()
    answer = await scan(door)
    assert answer.reason is Reason.AUTHORISED
    assert answer.visitor is not None
    assert answer.visitor.photo_key is None


async def test_a_key_revoked_elsewhere_fails_the_next_scan(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    kid = door.runtime.keys.keys.kid
    assert kid is not None
    assert (await scan(door)).reason is Reason.AUTHORISED
    await signing_keys.revoke(engine, kid, door.now)
    assert (await scan(door)).reason is Reason.UNRECOGNISED
    other = await signing_keys.stage(engine, SEAL, door.now)
    await signing_keys.activate(engine, SEAL, other, door.now)
    await door.change(VisitToken, kid=other)  # does not bring a token of the revoked key back
    assert (await scan(door)).reason is Reason.UNRECOGNISED


async def test_a_key_activated_elsewhere_is_known_at_the_next_scan(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    door.runtime.keys.keys = signing_keys.SigningKeys({})  # as loaded before there was any key
    assert (await scan(door)).reason is Reason.AUTHORISED
