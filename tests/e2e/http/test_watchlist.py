"""The watchlist from the first suspicion to the last day, and what it changes in answers."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from db.watchlist import find_standing
from domain.callers import Role
from service import team_screens, watchlist, watchlist_matches
from service.events import TEAM, TeamNews
from service.watch_hits import watched_in
from tests.reports import REPORT
from tests.services import HOME, Door, Service
from tests.watchlist import PATH, seen, watch, watched


async def entries(service: Service, **params: str) -> dict[str, Any]:
    listed = await service.call("GET", PATH, role=Role.AUDITOR, params=params)
    assert listed.status_code == 200, listed.text
    page: dict[str, Any] = listed.json()
    return page


def told(news: asyncio.Queue[TeamNews]) -> list[TeamNews]:
    """Return what the team has heard since it was last asked."""
    return [news.get_nowait() for _ in range(news.qsize())]


async def test_an_entry_comes_expires_and_goes_and_stays_on_record(service: Service) -> None:
    first = await watched(service, "phone", "0977 000 111")
    assert (first["needs_approval"], first["added_by"], first["note"]) == (
        False,
        "A-1",
        "seen at three doors",
    )
    again = await watch(service, "phone", "+886 977 000 111")
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    service.wait(days=1)
    assert [one["state"] for one in (await entries(service))["items"]] == ["expired"]
    second = await watched(service, "phone", "+886 977 000 111")
    removed = await service.call("DELETE", f"{PATH}/{second['id']}", role=Role.FRAUD, subject="A-3")
    assert (removed.json()["state"], removed.json()["removed_by"]) == ("removed", "A-3")
    twice = await service.call("DELETE", f"{PATH}/{second['id']}", role=Role.FRAUD)
    assert twice.status_code == 409
    await watched(service, "phone", "0977000111")
    value = {"kind": "phone", "value": "0977-000-111"}
    for status in (204, 409):
        gone = await service.call("DELETE", PATH, role=Role.FRAUD, params=value)
        assert gone.status_code == status
    page = await entries(service, limit="2")
    assert [one["state"] for one in page["items"]] == ["removed", "removed"]
    rest = await entries(service, limit="2", cursor=page["next_cursor"])
    assert [one["id"] for one in rest["items"]] == [first["id"]]


async def test_what_nobody_could_meet_is_not_watched_for(service: Service) -> None:
    for kind, value in (("phone", "B-1280"), ("device", "dv_none"), ("alias", "…"), ("url", "x")):
        refused = await watch(service, kind, value)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid"), kind


async def test_an_entry_ends_within_a_year(service: Service) -> None:
    for days, status in ((0, 422), (367, 422), (366, 201)):
        expires = (service.now + timedelta(days=days)).isoformat()
        body = {"kind": "plate", "value": "ABC-1234", "note": "x", "expires_at": expires}
        asked = await service.call("POST", PATH, body, role=Role.FRAUD)
        assert asked.status_code == status, days


async def test_a_watched_badge_or_phone_puts_a_good_code_under_review(door: Door) -> None:
    service = door.service
    for kind, value in (("badge", "b-s-1"), ("device", door.phone.device_id)):
        entry = await watched(service, kind, value)
        with service.runtime.news.listening(TEAM) as news:
            answer = await door.scan(place=HOME, notice_code=door.visit["notice"]["code"])
        assert [(one.kind, one.entry_id, one.source) for one in told(news)] == [
            ("watchlist_hit", entry["id"], "check")
        ]
        assert (answer["verdict"], answer["reason"]) == ("caution", "under_review")
        assert answer["visitor"]["badge_number"] == "B-S-1"
        assert {"name": "review", "outcome": "fail"} in answer["checks"]
        hits = await seen(service, kind="watchlist_hit")
        assert {(one["entry_id"], one["verification_id"]) for one in hits} >= {
            (entry["id"], answer["id"])
        }
        await service.call("DELETE", f"{PATH}/{entry['id']}", role=Role.FRAUD)
        answer = await door.scan()
        assert (answer["reason"], len(answer["checks"])) == ("authorised", 10)
    await watched(service, "badge", "B-S-1", minutes=5)
    assert (await door.scan())["reason"] == "under_review"
    service.wait(minutes=5)
    assert (await door.scan())["reason"] == "authorised"
    await watched(service, "badge", "B-S-1")
    service.wait(hours=1, minutes=5)  # beyond the slot: the watchlist speaks first
    assert (await door.scan())["reason"] == "under_review"


async def test_only_the_badge_that_counts_is_met(door: Door) -> None:
    service = door.service
    await watched(service, "badge", "B-S-1")
    lost = {"status": "lost"}
    await service.call("PATCH", "/v1/registry/badges/B-S-1", lost, role=Role.REGISTRY)
    new = {"number": "B-NEW", "staff_number": "S-1", "expires_on": "2027-12-31"}
    await service.make("/v1/registry/badges", new, Role.REGISTRY)
    assert (await door.scan())["reason"] == "authorised"


async def state_of(service: Service, entry_id: str) -> str:
    (found,) = [one for one in (await entries(service))["items"] if one["id"] == entry_id]
    return str(found["state"])


async def test_a_badge_registered_later_needs_a_second_person_too(door: Door) -> None:
    service = door.service
    entry = await watched(service, "badge", "B-LATER")
    assert not entry["needs_approval"]
    new = {"number": "B-LATER", "staff_number": "S-1", "expires_on": "2027-12-31"}
    await service.make("/v1/registry/badges", new, Role.REGISTRY)
    assert await state_of(service, entry["id"]) == "awaiting_approval"
    await service.call(
        "PATCH", "/v1/registry/badges/B-S-1", {"status": "revoked"}, role=Role.REGISTRY
    )
    assert (await door.scan())["reason"] == "authorised"
    await service.make(f"{PATH}/{entry['id']}/approve", None, Role.FRAUD, "A-2")
    assert (await door.scan())["reason"] == "under_review"


async def test_staff_and_agencies_that_come_later_are_not_reported_by_one_alone(
    service: Service,
) -> None:
    asked = {
        "0977 000 111": await watched(service, "phone", "0977 000 111"),
        "02 2345 6789": await watched(service, "phone", "02 2345 6789"),
        "Harbour Recovery": await watched(service, "agency", "Harbour Recovery Ltd"),
        "Harbour": await watched(service, "agency", "Harbour"),
        "0988 000 111": (other := await watched(service, "phone", "0988 000 111")),
    }
    alias = await watched(service, "alias", "林志銘")
    for contact in asked:
        assert (await service.verify(contact=contact))["reason"] == "reported", contact
    member = {"staff_number": "S-9", "name": "林志明", "employer": "Bank", "phone": "0977000111"}
    member["status"] = "active"
    await service.make("/v1/registry/staff", member, Role.REGISTRY)
    agency = {
        "name": "Harbour Recovery",
        "licence": "L-1",
        "contract_starts_on": "2020-01-01",
        "contract_ends_on": "2020-12-31",
        "assessed_on": "2020-01-01",
        "phones": [],
        "regions": [],
    }
    made = await service.make("/v1/registry/agencies", agency, Role.REGISTRY)
    changes = {"phones": ["+886 2 2345 6789"], "public_label": "Harbour"}
    path = f"/v1/registry/agencies/{made['id']}"
    changed = await service.call("PATCH", path, changes, role=Role.REGISTRY)
    assert changed.status_code == 200, changed.text
    for contact, entry in asked.items():
        is_other = entry is other
        state = "active" if is_other else "awaiting_approval"
        assert await state_of(service, entry["id"]) == state, contact
        reason = "reported" if is_other else "unrecognised"
        assert (await service.verify(contact=contact))["reason"] == reason, contact
    assert await state_of(service, alias["id"]) == "awaiting_approval"


LOOKUPS: list[tuple[str, str, dict[str, str]]] = [
    ("badge", "X-99", {"badge_number": " x-99", "name": "王大明"}),
    ("phone", "0977 000 111", {"contact": "+886977000111"}),
    ("phone", "68886", {"contact": "68886"}),
    ("url", "https://evil.example/login", {"contact": "http://evil.example/login/"}),
    ("code_origin", "https://evil.example", {"contact": "https://a.evil.example/x"}),
    ("agency", "EvilBank Ltd", {"contact": "evil bank"}),
]


async def test_what_is_watched_and_none_of_ours_is_reported(door: Door) -> None:
    service = door.service
    for kind, value, asked in LOOKUPS:
        assert (await service.verify(**asked))["reason"] == "unrecognised", value
        entry = await watched(service, kind, value)
        answer = await service.verify(**asked)
        assert (answer["verdict"], answer["reason"]) == ("not_genuine", "reported"), value
        assert answer["visitor"] is answer["visit"] is None
        hits = await seen(service, kind="watchlist_hit")
        assert [one["verification_id"] for one in hits if one["entry_id"] == entry["id"]] == [
            answer["id"]
        ]
        service.wait(days=1)
        assert (await service.verify(**asked))["reason"] == "unrecognised", value


ON_RECORD, NOT = "contact_on_record", "unrecognised"
OWN: list[tuple[str, str, dict[str, str], str]] = [
    ("phone", "0800-024-365", {"contact": "0800-024-365"}, ON_RECORD),
    ("phone", "0900 000 001", {"contact": "0900 000 001"}, NOT),  # the visitor's own
    ("phone", "02 2345 6789", {"contact": "02 2345 6789"}, ON_RECORD),  # the agency's
    ("agency", "Harbour Recovery", {"contact": "Harbour Recovery"}, NOT),
    ("alias", "林志銘", {"badge_number": "B-S-1", "name": "林志明"}, "badge_on_record"),
    ("url", "https://verify.bank.example", {"contact": "https://verify.bank.example"}, ON_RECORD),
    ("code_origin", "bank.example", {"contact": "https://www.bank.example"}, NOT),
    ("badge", "B-S-1", {"badge_number": "B-S-1", "name": "林志明"}, "badge_on_record"),
]


async def test_one_of_our_own_needs_two_and_is_never_reported(door: Door) -> None:
    service = door.service
    agency = {
        "name": "Harbour Recovery Ltd",
        "licence": "L-1",
        "contract_starts_on": "2026-01-01",
        "contract_ends_on": "2026-12-31",
        "assessed_on": "2026-01-01",
        "phones": ["+886 2 2345 6789"],
        "regions": [],
    }
    await service.make("/v1/registry/agencies", agency, Role.REGISTRY)
    for kind, value, asked, reason in OWN:
        entry = (await watch(service, kind, value)).json()
        assert (entry["state"], entry["needs_approval"]) == ("awaiting_approval", True), value
        assert (await service.verify(**asked))["reason"] == reason, value
        assert (await door.scan())["reason"] == "authorised", value
        approve = f"{PATH}/{entry['id']}/approve"
        approved = await service.make(approve, None, Role.FRAUD, "A-2")
        assert (approved["state"], approved["approved_by"]) == ("active", "A-2")
        assert (await service.verify(**asked))["reason"] == reason, value
        twice = await service.call("POST", approve, role=Role.FRAUD, subject="A-3")
        assert twice.status_code == 409
    assert (await door.scan())["reason"] == "under_review"  # by the badge, the last of these


async def test_staff_beyond_the_first_page_are_found(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchlist_matches, "_PAGE", 1)
    await door.service.add_staff("S-2", "陳美玲")
    for name in ("林志明", "陈美玲"):
        assert (await watch(door.service, "alias", name)).json()["needs_approval"]
    assert not (await watch(door.service, "alias", "王大明")).json()["needs_approval"]


async def test_there_is_nothing_to_approve_in_what_is_none_of_ours(service: Service) -> None:
    entry = await watched(service, "plate", "ABC-1234")
    for path, status in ((entry["id"], 409), ("wl_none", 404)):
        refused = await service.call(
            "POST", f"{PATH}/{path}/approve", role=Role.FRAUD, subject="A-2"
        )
        assert refused.status_code == status


async def test_a_report_of_something_watched_alerts_the_team(service: Service) -> None:
    plate = await watched(service, "plate", "ABC-1234")
    claimed = {"claimed": {"plate": "abc 1234", "name": "王大明"}}
    with service.runtime.news.listening(TEAM) as news:
        await service.make("/v1/reports", {**REPORT, **claimed}, Role.FRAUD)
    came, hit = told(news)
    assert (came.kind, came.entry_id, came.severity) == ("report", None, "high")
    assert (hit.kind, hit.entry_id, hit.severity) == ("watchlist_hit", plate["id"], None)
    assert (hit.report_id, hit.source) == (came.report_id, "report")  # no sighting shows it
    assert came.report_id is not None
    watched_there = await watched_in(service.runtime, came.report_id)
    assert [(one.entry_id, one.kind, one.value) for one in watched_there] == [
        (plate["id"], "plate", "ABC-1234")
    ]
    await service.call("DELETE", f"{PATH}/{plate['id']}", role=Role.FRAUD)
    assert await watched_in(service.runtime, came.report_id) == ()


async def test_a_screen_is_told_for_a_while(service: Service) -> None:
    assert [one async for one in team_screens.watch(service.runtime, 0.01)] == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_what_two_add_at_once_is_on_the_list_once(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slowly(*args: Any) -> Any:  # noqa: ANN401 - as the one that it stands for
        found = await find_standing(*args)
        await asyncio.sleep(0.1)  # so that the other one looks, too
        return found

    monkeypatch.setattr(watchlist, "find_standing", slowly)
    added = await asyncio.gather(*(watch(service, "plate", "ABC-1234") for _ in range(2)))
    assert sorted(one.status_code for one in added) == [201, 409]
    assert len((await entries(service))["items"]) == 1
