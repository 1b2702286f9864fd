"""What a customer is told over HTTP: by code, notice, badge and contact."""

from typing import Any

import pytest

from domain.callers import Role
from tests.services import FAR, HOME, ORIGIN, Door, Service, draft

VISITOR = {"name", "photo_url", "badge_number", "employer", "agency"}


async def test_a_living_code_shows_the_visitor(door: Door) -> None:
    answer = await door.scan()
    assert (answer["verdict"], answer["reason"]) == ("genuine", "authorised")
    assert answer["visitor"].keys() == VISITOR
    assert answer["visitor"]["name"] == "林志明"
    assert answer["visit"]["place_hint"] == "the blue gate"
    hidden = ("purpose", "phrase", "team", "documents")
    assert [answer["visit"][name] for name in hidden] == [None] * 4
    assert answer["hotline"] == door.service.runtime.hotline
    assert len(answer["match_number"]) == 2


async def test_the_photo_opens_for_a_quarter_of_an_hour(door: Door) -> None:
    answer = await door.scan()
    url = answer["visitor"]["photo_url"].removeprefix(ORIGIN)
    shown = await door.service.call("GET", url)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    assert "no-store" in shown.headers["cache-control"]
    door.service.wait(minutes=16)
    assert (await door.service.call("GET", url)).status_code == 404


async def test_the_right_notice_code_shows_the_phrase(door: Door) -> None:
    notice = door.visit["notice"]
    typed = f"{notice['code'][:5]}-{notice['code'][5:]}".lower()
    answer = await door.scan(notice_code=typed)
    assert (answer["verdict"], answer["reason"]) == ("genuine", "authorised_for_you")
    assert answer["visit"]["phrase"] == notice["phrase"]
    assert answer["visit"]["purpose"] == "overdue"
    assert answer["visit"]["team"] == [{"name": "林志明", "active": True}]
    assert answer["visit"]["documents"] == ["identity confirmation"]


async def test_unknown_and_another_visits_notice_are_alike_and_five_tries_a_token(
    door: Door,
) -> None:
    other = await door.service.plan(
        starts_at="2026-11-24T09:00:00Z", ends_at="2026-11-24T10:00:00Z"
    )
    for wrong in ("0000000000", other["notice"]["code"], "x", "0000000001", "0000000002"):
        answer = await door.scan(notice_code=wrong)
        assert (answer["verdict"], answer["reason"]) == ("caution", "different_visit")
        assert answer["visit"]["phrase"] is None
    locked = await door.scan(notice_code=door.visit["notice"]["code"])
    assert locked["reason"] == "different_visit"


async def test_a_notice_look_up_shows_the_slot_only(door: Door) -> None:
    code = door.visit["notice"]["code"]
    answer = await door.service.verify(notice_code=code, phone_last4="5678")
    assert (answer["verdict"], answer["reason"]) == ("caution", "notice_on_record")
    assert answer["visitor"] is None
    assert answer["visit"]["starts_at"] == "2026-11-24T03:50:00Z"
    assert answer["visit"]["place_hint"] is None


async def test_five_wrong_phones_lock_a_notice(door: Door) -> None:
    code = door.visit["notice"]["code"]
    for wrong in range(5):
        answer = await door.service.verify(notice_code=code, phone_last4=f"000{wrong}")
        assert answer["reason"] == "unrecognised"
    assert (await door.service.verify(notice_code=code, phone_last4="5678"))["reason"] == (
        "unrecognised"
    )


@pytest.mark.parametrize("phone", ["n/a", "12-3"])
async def test_a_phone_without_an_ending_plans_no_visit(service: Service, phone: str) -> None:
    await service.add_staff("S-1", "林志明")
    for changes in ({"customer_phone": phone}, {"liaison": {"name": "x", "phone": phone}}):
        body = draft(service.now, **changes)
        refused = await service.call("POST", "/v1/visits", body, role=Role.DISPATCHER)
        assert refused.status_code == 422


async def test_no_ending_at_all_proves_no_notice(door: Door) -> None:
    code = door.visit["notice"]["code"]
    for typed in ("", " ", "678", "45678"):
        answer = await door.service.verify(notice_code=code, phone_last4=typed)
        assert answer["reason"] == "unrecognised"


async def test_a_notice_dies_a_day_after_the_slot(door: Door) -> None:
    door.service.wait(hours=25)
    answer = await door.service.verify(notice_code=door.visit["notice"]["code"], phone_last4="5678")
    assert answer["reason"] == "unrecognised"


async def test_a_cancelled_visits_notice_is_not_confirmed(door: Door) -> None:
    path = f"/v1/visits/{door.visit['id']}/cancel"
    await door.service.make(path, {"reason": "ill"}, Role.DISPATCHER)
    answer = await door.service.verify(notice_code=door.visit["notice"]["code"], phone_last4="5678")
    assert (answer["verdict"], answer["visit"]) == ("not_genuine", None)


async def test_a_firms_liaison_may_ask_too(service: Service) -> None:
    await service.add_staff("S-1", "林志明")
    liaison = {"name": "Ms Wu", "phone": "02-2345-9999"}
    visit = await service.plan(customer_kind="enterprise", liaison=liaison)
    answer = await service.verify(notice_code=visit["notice"]["code"], phone_last4="9999")
    assert answer["reason"] == "notice_on_record"


async def test_a_badge_is_never_genuine(door: Door) -> None:
    answer = await door.service.verify(badge_number="B-S-1", name="林 志明")
    assert (answer["verdict"], answer["reason"]) == ("caution", "badge_on_record")
    assert (answer["visitor"], answer["visit"]) == (None, None)
    lost = await door.service.call(
        "PATCH", "/v1/registry/badges/B-S-1", {"status": "lost"}, role=Role.REGISTRY
    )
    assert lost.json()["status"] == "lost"
    answer = await door.service.verify(badge_number="B-S-1", name="林志明")
    assert (answer["verdict"], answer["reason"]) == ("not_genuine", "revoked")


@pytest.mark.parametrize(
    ("contact", "reason"),
    [
        ("0800-024-365", "contact_on_record"),
        ("+886 800 024 365", "contact_on_record"),
        ("demobank", "contact_on_record"),
        (f"{ORIGIN}/anything?x", "contact_on_record"),
        ("https://verify.bank.example.evil.example", "unrecognised"),
        ("http://verify.bank.example", "unrecognised"),
        ("https://bank@verify.bank.example", "unrecognised"),
        ("https://[", "unrecognised"),
        ("+886 900 000 001", "unrecognised"),  # a staff member's own phone
        ("999", "unrecognised"),
        ("", "unrecognised"),
    ],
)
async def test_a_contact_is_on_record_or_not(door: Door, contact: str, reason: str) -> None:
    assert (await door.service.verify(contact=contact))["reason"] == reason


async def test_an_agencys_line_is_on_record_while_in_contract(service: Service) -> None:
    agency = await service.make("/v1/registry/agencies", AGENCY, Role.REGISTRY)
    assert (await service.verify(contact="02 5555 0100"))["reason"] == "contact_on_record"
    published = (await service.call("GET", "/v1/agencies")).json()["items"]
    assert [one["name"] for one in published] == [AGENCY["name"]]
    path = f"/v1/registry/agencies/{agency['id']}"
    ended = await service.call(
        "PATCH", path, {"contract_ends_on": "2026-11-23"}, role=Role.REGISTRY
    )
    assert ended.status_code == 200
    assert (await service.verify(contact="02 5555 0100"))["reason"] == "unrecognised"
    assert (await service.call("GET", "/v1/agencies")).json()["items"] == []
    for change in ({"contract_ends_on": "2020-01-01"},):
        refused = await service.call("PATCH", path, change, role=Role.REGISTRY)
        assert refused.status_code == 422
    missing = await service.call("PATCH", "/v1/registry/agencies/x", {}, role=Role.REGISTRY)
    assert missing.status_code == 404
    unlabelled = await service.call("PATCH", path, {"public_label": None}, role=Role.REGISTRY)
    assert unlabelled.json()["public_label"] is None


AGENCY: dict[str, Any] = {
    "name": "Harbour Debt Recovery",
    "public_label": "Harbour Services",
    "licence": "L-1",
    "contract_starts_on": "2026-01-01",
    "contract_ends_on": "2026-11-24",
    "assessed_on": "2026-01-01",
    "phones": ["+886 2 5555 0100"],
    "regions": ["Taipei"],
}


async def test_a_neighbour_reads_the_agencys_neutral_label(service: Service) -> None:
    agency = await service.make("/v1/registry/agencies", AGENCY, Role.REGISTRY)
    await service.add_staff("S-1", "林志明", agency["id"])
    visit = await service.plan("S-1", agency_id=agency["id"])
    phone = await service.enrol("S-1")
    await service.fetch(phone, visit["id"])
    door = Door(service, phone, visit)
    assert (await door.scan())["visitor"]["agency"] == "Harbour Services"
    own = await door.scan(notice_code=visit["notice"]["code"])
    assert own["visitor"]["agency"] == "Harbour Debt Recovery"
    assert all("Debt" not in text for text in visit["notice"]["texts"].values())


async def test_places_far_apart_are_caution(door: Door) -> None:
    assert (await door.scan(place=HOME))["reason"] == "authorised"
    assert (await door.scan(place=FAR))["reason"] == "seen_elsewhere"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "no_code"),
        ({"visit_code": "x", "contact": "y"}, "several_codes"),
        ({"badge_number": "B"}, "invalid"),
        ({"notice_code": "x"}, "invalid"),
        ({"visit_code": "x" * 4097}, "invalid"),
        ({"visit_code": "x", "surprise": 1}, "invalid"),
        ({"visit_code": "x", "place": {"latitude": 91, "longitude": 0}}, "invalid"),
        ([], "invalid"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_question_of_a_wrong_shape_is_refused(
    service: Service, body: object, code: str
) -> None:
    refused = await service.call("POST", "/v1/verifications", body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["request_id"] == refused.headers["x-request-id"]


@pytest.mark.parametrize(
    ("header", "asked", "start"),
    [("en", None, "Keep"), ("en", "zh-Hant", "請勿"), ("zh-CN", None, "请勿")],
)
async def test_advice_is_in_the_readers_language(
    service: Service, header: str, asked: str | None, start: str
) -> None:
    body = {"visit_code": "x"} | ({"language": asked} if asked else {})
    headers = {"Accept-Language": header}
    answer = (await service.call("POST", "/v1/verifications", body, headers=headers)).json()
    assert answer["advice"][0]["code"] == "keep_door_closed"
    assert answer["advice"][0]["text"].startswith(start)
