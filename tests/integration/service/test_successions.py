"""Who takes the place of a withdrawn report takes it in its case, too, with the reasons for it."""

from typing import Any

import pytest

from domain.callers import Role
from domain.links import Ground
from service import linking
from service.linking import link_due
from tests.e2e.http.test_intake import detail_of, patch, sent
from tests.integration.service.test_linking import OTHER, case_of, standing
from tests.integration.service.test_report_scores import BARE, repeated, told, withdraw
from tests.reports import queue
from tests.services import Service
from verifiers.traits import Traits

APART: dict[str, Any] = {"claimed": OTHER, "place": None, "description": "nothing alike"}


async def read(service: Service, case_id: str | None) -> dict[str, Any]:
    found = await service.call("GET", f"/v1/fraud/cases/{case_id}", role=Role.FRAUD)
    case: dict[str, Any] = found.json()
    return case


async def pin(service: Service, case_id: str | None, report_id: str) -> None:
    path = f"/v1/fraud/cases/{case_id}/pin"
    await service.make(path, {"report_ids": [report_id]}, Role.FRAUD, "A-1")


def grounds(shown: dict[str, Any]) -> list[tuple[str, set[str]]]:
    """Return the case of each link of a report, and what it rests on."""
    return [
        (link["case_id"], {reason["ground"] for reason in link["reasons"]})
        for link in shown["links"]
    ]


async def test_the_links_of_a_withdrawn_report_are_its_heirs(service: Service) -> None:
    other, _ = await told(service)
    first, code = await told(service)
    heir, _ = await repeated(service)
    case_id = await case_of(service, first)
    before = await standing(service, first)
    own = (await standing(service, heir))["links"]
    await withdraw(service, code)
    shown = await standing(service, heir)
    assert (await detail_of(service, heir))["duplicate_of"] is None
    assert shown["case_id"] == case_id
    assert sorted(grounds(shown)) == sorted(grounds({"links": before["links"] + own}))
    assert (await standing(service, first))["links"] == []
    case = await read(service, case_id)
    assert {one["report_id"] for one in case["links"]} == {other, heir}
    taken = [one for one in shown["links"] if one not in own]
    assert {reason["report_id"] for one in taken for reason in one["reasons"]} <= {other, first}


async def test_a_case_that_a_withdrawn_report_opened_was_opened_by_its_heir(
    service: Service,
) -> None:
    first, code = await told(service)
    heir, _ = await repeated(service)
    await told(service)
    await withdraw(service, code)
    links = (await standing(service, heir))["links"]
    (opening,) = [one for one in links if one["reasons"][0]["ground"] == Ground.FIRST]
    assert opening["reasons"][0]["report_id"] == heir
    assert (await standing(service, first))["links"] == []


async def test_what_a_withdrawn_report_had_with_its_heir_the_heir_has_with_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Traits:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:  # so that the second one is linked before
        patched.setattr(linking, "traits_of", fail)
        first, code = await told(service)
    heir, _ = await repeated(service)
    service.wait(minutes=5)
    await link_due(service.runtime)
    tie = {
        reason["report_id"] for reason in (await standing(service, first))["links"][0]["reasons"]
    }
    assert tie == {heir}
    await withdraw(service, code)
    links = (await standing(service, heir))["links"]
    assert [{reason["report_id"] for reason in one["reasons"]} for one in links] == [
        {first},
        {heir},
    ]


async def test_what_people_decided_of_a_report_holds_for_its_heir(service: Service) -> None:
    first, code = await told(service)
    heir, _ = await repeated(service)
    left = await case_of(service, heir)
    ids = [(await told(service, **APART))[0] for _ in range(2)]
    case_id = await case_of(service, ids[0])
    assert case_id not in {None, left}
    await pin(service, case_id, first)
    assert await case_of(service, heir) == left
    await withdraw(service, code)
    shown = await standing(service, heir)
    assert (shown["case_id"], shown["is_pinned"]) == (case_id, True)
    assert (case_id, {Ground.BY_HAND}) in grounds(shown)
    case, empty = await read(service, case_id), await read(service, left)
    acts = [(one["kind"], one["actor"], one["report_ids"]) for one in case["history"]]
    assert acts[0] == ("joined", "reporter", [heir])
    assert {one["report"]["id"] for one in case["reports"]} == {first, heir, *ids}
    last = empty["history"][0]
    assert (last["kind"], last["report_ids"], last["text"]) == ("left", [heir], case_id)
    assert empty["report_count"] == 0
    listed = await service.call("GET", "/v1/fraud/cases", role=Role.FRAUD)
    assert [one["id"] for one in listed.json()["items"]] == [case_id]


async def test_an_heir_that_people_pinned_stays_there(service: Service) -> None:
    first, code = await told(service)
    heir, _ = await repeated(service)
    ids = [(await told(service, **APART))[0] for _ in range(2)]
    elsewhere = await case_of(service, ids[0])
    await pin(service, elsewhere, heir)
    before = await standing(service, first)
    await withdraw(service, code)
    assert await case_of(service, heir) == elsewhere
    assert (await standing(service, first))["links"] == before["links"]


async def test_an_heir_that_is_not_linked_yet_is_given_the_place(service: Service) -> None:
    ids = [(await told(service, **APART))[0] for _ in range(2)]
    case_id = await case_of(service, ids[0])
    first, code = await told(service)
    await pin(service, case_id, first)
    service.wait(minutes=1)
    at = (await detail_of(service, first))["occurred_at"]
    await sent(service, **{**BARE, "occurred_at": at})
    await withdraw(service, code)
    (heir, *_) = [one["id"] for one in await queue(service)]
    assert not await standing(service, heir)
    await link_due(service.runtime)
    shown = await standing(service, heir)
    assert (shown["case_id"], shown["is_pinned"]) == (case_id, True)
    assert (case_id, {Ground.BY_HAND}) in grounds(shown)
    assert (await standing(service, first))["links"] == []


async def test_the_heir_of_misconduct_is_in_no_case(service: Service) -> None:
    await told(service)
    first, code = await told(service)
    heir, _ = await repeated(service)
    await patch(service, first, kind="misconduct")
    await withdraw(service, code)
    assert await case_of(service, heir) is not None
    await link_due(service.runtime)
    assert {await case_of(service, one) for one in (first, heir)} == {None}
    assert (await detail_of(service, heir))["kind"] == "misconduct"
