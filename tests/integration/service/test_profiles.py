"""What the linker compares new reports with follows what is in a case."""

from dataclasses import replace
from typing import Any

from sqlmodel import delete

from db.cases import CaseProfile
from db.units_of_work import reading, writing
from domain.callers import Role
from domain.links import KeyKind
from service.profiles import read_profile, write_profile
from tests.integration.service.test_linking import RING, case_of, told
from tests.services import Service
from verifiers.profiles import REMEMBERED, Profile, Told, profile_of
from verifiers.risk import Place
from verifiers.spoken_names import hear
from verifiers.traits import Traits

TELLS_ALL = Traits(
    report_id="new",
    at=0.0,
    place=Place(25.0, 121.5),
    values={KeyKind.PHONE: "2", KeyKind.PLATE: "3"},
    name=hear("林美玲"),
    agency="海港",
    words=frozenset({"說要", "核對", "貸款"}),
    asked_for=frozenset({"cash"}),
)


async def kept(service: Service, case_id: str | None) -> Profile:
    async with reading(service.runtime.engine) as session:
        return read_profile((await session.get_one(CaseProfile, case_id)).profile, TELLS_ALL)


async def test_a_profile_follows_its_case(service: Service) -> None:
    ids = [await told(service, RING) for _ in range(3)]
    case_id = await case_of(service, ids[0])
    profile = await kept(service, case_id)
    assert (profile.size, profile.reports) == (3, ids)
    assert profile.values[KeyKind.PLATE] == {"ABC1234": Told(3, 2)}
    new = await service.make(
        f"/v1/fraud/cases/{case_id}/split", {"report_ids": ids[2:]}, Role.FRAUD
    )
    assert (await kept(service, case_id)).reports == ids[:2]
    assert (await kept(service, new["id"])).reports == ids[2:]
    await service.make(f"/v1/fraud/cases/{case_id}/merge", {"case_id": new["id"]}, Role.FRAUD)
    assert (await kept(service, case_id)).size == 3


async def test_a_case_from_before_there_were_profiles_is_given_one(service: Service) -> None:
    ids = [await told(service, RING) for _ in range(2)]
    case_id = await case_of(service, ids[0])
    async with writing(service.runtime.engine) as session:
        await session.exec(delete(CaseProfile))
        await session.commit()
    third = await told(service, RING)
    assert await case_of(service, third) == case_id
    assert (await kept(service, case_id)).reports == [*ids, third]


def test_of_a_profile_comes_back_what_is_compared() -> None:
    words = frozenset({"說要", "核對", "貸款"})
    plain: dict[str, Any] = {
        "agency": None,
        "words": words,
        "asked_for": frozenset({"cash", "pin"}),
    }
    some = [
        Traits("a", 5.0, Place(25.0, 121.5), {KeyKind.PHONE: "1"}, hear("陳志明"), **plain),
        Traits("b", 3.0, None, {}, None, **{**plain, "agency": "海港", "words": frozenset()}),
    ]
    made = profile_of(some, 7)
    back = read_profile(write_profile(made), TELLS_ALL)
    assert {one: tuple(told) for one, told in back.words["chinese"].items()} == made.words[
        "chinese"
    ]
    assert replace(back, words={}) == replace(made, words={})
    silent = Traits("new", 0.0, None, {}, None, None, frozenset(), frozenset())
    assert read_profile(write_profile(made), silent) == Profile(
        7, made.reports, made.moments, texts=made.texts
    )
    assert (made.size, made.reports, made.moments) == (7, ["b", "a"], [3.0, 5.0])
    assert (made.texts, made.asked_for) == ({"chinese": 1}, {"cash pin": Told(2, 1)})
    assert REMEMBERED > 2
