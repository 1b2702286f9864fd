"""A badge look-up over the real registry."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from db.tables import Badge, Verification
from db.units_of_work import reading
from domain.verdicts import Reason
from service.answers import Asker
from service.badges import check_badge
from tests.doors import open_door


async def test_number_and_name_must_both_match(engine: AsyncEngine) -> None:
    door = await open_door(engine)
    answer = await check_badge(door.runtime, " B-st_1 ", "林志明", Asker(client_hash=b"me"))
    assert (answer.reason, answer.visitor, answer.visit) == (Reason.BADGE_ON_RECORD, None, None)
    guesses = [
        ("B-st_1", "陳美玲"),
        ("B-0", "林志明"),
        ("", ""),
        ("B-st_1", ""),
        ("\ud83d\ude00", "x"),
    ]
    wrong = [await check_badge(door.runtime, *guess, Asker()) for guess in guesses]
    assert {(one.reason, one.checks) for one in wrong} == {(Reason.UNRECOGNISED, wrong[0].checks)}
    async with reading(engine) as session:
        found = (await session.exec(select(Verification.kind, Verification.reason))).all()
    assert sorted(found) == sorted(
        [("badge", "badge_on_record"), *[("badge", "unrecognised")] * len(guesses)]
    )


@pytest.mark.parametrize("status", ["lost", "stolen", "revoked"])
async def test_a_badge_reported_lost_is_revoked_at_once(engine: AsyncEngine, status: str) -> None:
    door = await open_door(engine)
    await door.change(Badge, status=status)
    answer = await check_badge(door.runtime, "B-st_1", "林志明", Asker())
    assert answer.reason is Reason.REVOKED
    assert answer.visitor is None
