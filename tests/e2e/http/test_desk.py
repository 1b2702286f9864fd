"""The hotline desk: exactly one clue, every question on record, dead badges and locked notices."""

import re

import pytest
import structlog
from sqlmodel import select

from db.tables import Verification
from db.units_of_work import reading
from domain.callers import Role
from tests.e2e.http.test_console import session
from tests.services import Door, Service

DESK = "/v1/desk/visits"


async def recorded(service: Service) -> list[tuple[str, str | None]]:
    async with reading(service.runtime.engine) as opened:
        rows = await opened.exec(select(Verification).where(Verification.kind == "desk"))
        return [(one.reason, one.asked_by) for one in rows.all()]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?customer_phone=",
        "?customer_phone=1&notice_code=2",
        "?customer_phone=1&customer_phone=2",
        "?customer_phone=1&extra=2",
        "?extra=2",
        "?badge_number=%00",
        "?badge_number=" + "x" * 65,
    ],
)
async def test_anything_but_one_clue_is_refused(service: Service, query: str) -> None:
    refused = await service.call("GET", f"{DESK}{query}", role=Role.DESK)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert await recorded(service) == []


async def test_a_question_without_an_answer_is_recorded_too(service: Service) -> None:
    for query in ({"customer_phone": "0900"}, {"customer_phone": "nobody"}, {"notice_code": "x"}):
        found = await service.call("GET", DESK, role=Role.DESK, subject="D-1", params=query)
        assert found.json() == {"items": [], "next_cursor": None, "badge_in_force": None}
    assert await recorded(service) == [("unrecognised", "D-1")] * 3


async def test_the_desk_is_told_of_a_dead_badge(door: Door) -> None:
    service = door.service

    async def in_force(number: str) -> object:
        found = await service.call("GET", DESK, role=Role.DESK, params={"badge_number": number})
        return found.json()["badge_in_force"]

    assert (await in_force("B-S-1"), await in_force("B-0")) == (True, None)
    stolen = await service.call(
        "PATCH", "/v1/registry/badges/B-S-1", {"status": "stolen"}, role=Role.REGISTRY
    )
    assert stolen.status_code == 200
    assert await in_force("B-S-1") is False
    page = await service.call(
        "POST",
        "/console/desk",
        data={"badge_number": " B-S-1 "},
        headers=session(service, Role.DESK),
    )
    assert 'data-badge="dead"' in page.text


async def test_a_locked_notice_sends_people_to_a_desk_that_sees_why(door: Door) -> None:
    service, code = door.service, door.visit["notice"]["code"]
    desk = session(service, Role.DESK, subject="D-2")
    for tries in range(6):
        page = await service.call("POST", "/console/desk", data={"notice_code": code}, headers=desk)
        assert ("data-locked" in page.text) is (tries == 5)
        await service.verify(notice_code=code, phone_last4="0000")
    found = await service.call("GET", DESK, role=Role.DESK, params={"notice_code": code})
    assert found.json()["items"][0]["notice_locked"] is True
    app = await service.call("GET", "/v1/customers/C-77/visits", role=Role.CHANNEL)
    assert app.json()["items"][0]["notice_locked"] is True
    assert ("notice_on_record", "D-2") in await recorded(service)


async def test_the_desk_page_says_what_a_visit_means_now(door: Door) -> None:
    service = door.service
    later = service.now.replace(hour=8)
    await service.plan(
        starts_at=later.isoformat(), ends_at=later.replace(hour=9).isoformat(), documents=[]
    )
    off = await service.plan()
    await service.make(f"/v1/visits/{off['id']}/cancel", {"reason": "ill"}, Role.DISPATCHER)
    desk = session(service, Role.DESK)
    form = {"customer_phone": "0912345678"}
    with structlog.testing.capture_logs() as lines:
        page = await service.call("POST", "/console/desk", data=form, headers=desk)
    assert "0912345678" not in str(lines)
    standings = [part[:5] for part in page.text.split('data-standing="')[1:]]
    assert standings == ['now" ', "later", 'off" ']
    assert door.visit["notice"]["phrase"] in page.text
    assert "C-77" not in page.text
    assert "Harbour Road" not in page.text
    (photo,) = {part.partition('"')[0] for part in page.text.split('<img src="')[1:]}
    shown = await service.call("GET", photo, headers=desk)
    assert shown.headers["content-type"] == "image/webp"
    service.wait(hours=1, minutes=31)
    over = await service.call("POST", "/console/desk", data=form, headers=desk)
    assert 'data-standing="over"' in over.text


@pytest.mark.parametrize(
    "form", [{}, {"customer_phone": " "}, {"customer_phone": "1", "badge_number": "2"}]
)
async def test_the_page_wants_exactly_one_clue(service: Service, form: dict[str, str]) -> None:
    refused = await service.call(
        "POST", "/console/desk", data=form, headers=session(service, Role.DESK)
    )
    assert refused.status_code == 422
    assert "exactly one" in refused.text
    assert await recorded(service) == []


async def test_what_is_no_phone_is_not_taken_for_a_customer_without_a_visit(
    service: Service,
) -> None:
    headers = session(service, Role.DESK)
    form = {"customer_phone": "abc"}
    refused = await service.call("POST", "/console/desk", data=form, headers=headers)
    assert refused.status_code == 422
    assert "This is no phone number" in refused.text
    assert "No visit is on record" not in refused.text
    (field,) = re.findall(r"<input[^>]*aria-invalid[^>]*>", refused.text)
    assert 'value="abc"' in field
    assert await recorded(service) == []
