"""Reports become cases after they are committed, and what people decide stays."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from db.cases import AreaDay, LinkedReport, LinkTask
from db.reports import Report
from db.units_of_work import reading
from domain.callers import Role
from domain.links import Ground
from service import linking
from service.events import TEAM
from service.linked_traits import read_kept, traits_of
from service.linking import LOOK_AGAIN, link_due
from service.neighbourhoods import look_around
from tests.reports import REPORT, queue
from tests.services import Service, running
from tests.webhooks import until
from verifiers.active_cases import ACTIVE_DAYS
from verifiers.backgrounds import Background
from verifiers.cells import MAP, cell_of
from verifiers.link_weights import GROWN
from verifiers.links import find_links
from verifiers.neighbourhoods import Link, Neighbourhood
from verifiers.risk import Place
from verifiers.traits import Traits

RING: dict[str, Any] = {"plate": "ABC-1234", "phone": "0912 345 678", "name": "陳志明"}
OTHER: dict[str, Any] = {"plate": "XYZ-9876", "phone": "0987 654 321", "name": "林美玲"}


async def told(service: Service, claimed: dict[str, Any], **changes: Any) -> str:  # noqa: ANN401 - JSON
    """Send a report, have it linked, and return its id."""
    at = service.now.isoformat()  # else the intake would fold repeats of one visit
    body = {**REPORT, "claimed": claimed, "occurred_at": at, **changes}
    await service.make("/v1/reports", body, Role.DESK)
    await link_due(service.runtime)
    service.wait(hours=1)
    return str((await queue(service))[0]["id"])


async def standing(service: Service, report_id: str) -> dict[str, Any]:
    """Return where a report stands."""
    found = await service.call("GET", f"/v1/fraud/reports/{report_id}", role=Role.FRAUD)
    shown: dict[str, Any] = found.json()["standing"]
    return shown


async def case_of(service: Service, report_id: str) -> str | None:
    """Return a report's case."""
    found: str | None = (await standing(service, report_id))["case_id"]
    return found


async def test_a_serving_process_links_by_itself_and_ends_when_told(
    migrated_url: str, tmp_path: Path
) -> None:
    async with running(migrated_url, tmp_path, works=True) as service:
        await service.make("/v1/reports", {**REPORT, "claimed": RING}, Role.DESK)
        (report,) = await queue(service)

        async def is_linked() -> bool:
            return await standing(service, report["id"]) is not None

        await until(is_linked)
        service.runtime.to_link.set()  # an event that meets the end must not outlive it


async def test_one_that_cannot_be_linked_stops_no_other(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_on_bad(report: Report, country: str) -> Traits:
        if report.description == "bad":
            raise ZeroDivisionError
        return traits_of(report, country)

    monkeypatch.setattr(linking, "traits_of", fail_on_bad)
    bad = await told(service, RING, description="bad")
    good = await told(service, OTHER)
    assert not await standing(service, bad)
    assert await standing(service, good)
    monkeypatch.undo()  # mended: it was only put off
    await link_due(service.runtime)
    assert await standing(service, bad)


async def test_a_second_report_opens_a_case_and_says_why(service: Service) -> None:
    first = await told(service, RING)
    assert await case_of(service, first) is None
    # Heard and written otherwise: a homophone, another form of the number.
    second = await told(service, {"plate": "abc 1234", "name": "陳誌銘", "phone": "+886912345678"})
    case_id = await case_of(service, second)
    assert case_id is not None
    assert await case_of(service, first) == case_id
    shown = await standing(service, second)
    grounds = {one["ground"]: one for one in shown["links"][0]["reasons"]}
    assert {Ground.SAME_PLATE, Ground.SAME_PHONE, Ground.SAME_NAME} <= grounds.keys()
    assert grounds[Ground.SAME_PLATE]["report_id"] == first
    assert grounds[Ground.SAME_PLATE]["metres"] == 0
    assert all(one["why"] for one in grounds.values())
    of_case = await queue(service, case=case_id)
    assert {one["id"] for one in of_case} == {first, second}
    assert await queue(service, case="fc_none") == []


async def test_what_ties_is_shown_as_people_wrote_it(service: Service) -> None:
    # Compared without look-alikes and by its sound, which no card says and nobody looks for.
    first = await told(service, {"badge_number": "B-00915", "name": "陳志明"})
    second = await told(service, {"badge_number": "b-0o915", "name": "陳誌銘"})
    third = await told(service, {"badge_number": "B-00915", "name": "陳志明"})
    reasons = [
        (link["report_id"], one["ground"], one["shown"])
        for report_id in (second, third)
        for link in (await standing(service, report_id))["links"]
        for one in link["reasons"]
        if one["ground"] in {Ground.SAME_BADGE, Ground.SAME_NAME}
    ]
    assert (second, Ground.SAME_BADGE, "B-00915") in reasons
    assert (second, Ground.SAME_NAME, "陳志明") in reasons
    assert {shown for _, _, shown in reasons} <= {"B-00915", "b-0o915", "陳志明", "陳誌銘"}
    path = f"/v1/fraud/cases/{await case_of(service, first)}/graph"
    drawn = (await service.call("GET", path, role=Role.FRAUD)).json()["nodes"]
    labels = {one["kind"]: one["label"] for one in drawn}
    assert labels[Ground.SAME_BADGE] == "B-00915"
    assert labels[Ground.SAME_NAME] == "陳志明"


async def test_a_report_is_no_neighbour_of_its_own(service: Service) -> None:
    report_id = await told(service, RING)
    async with reading(service.runtime.engine) as session:
        linked = await session.get_one(LinkedReport, report_id)
        new = read_kept(report_id, linked.traits)
        background = await service.runtime.backgrounds.read(session, report_id)
        at = linked.occurred_at
        found = await look_around(session, new, at, service.now, background, is_later=False)
        elsewhere = replace(new, report_id="rp_another")
        other = await look_around(session, elsewhere, at, service.now, background, is_later=False)
    assert found.clusters == {}
    assert other.clusters.keys() == {report_id}
    assert found.usual is not None
    assert other.usual is not None
    assert found.usual < other.usual  # it does not make its own place a usual one


async def test_a_report_is_none_of_those_that_it_is_judged_by(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged_by: list[int] = []

    def find(new: Traits, found: Neighbourhood, background: Background) -> list[Link]:
        judged_by.append(background.reports)
        return find_links(new, found, background)

    monkeypatch.setattr(linking, "find_links", find)
    for claimed in (RING, OTHER, RING):
        await told(service, claimed)
    assert judged_by == [0, 1, 2]


async def test_a_later_look_asks_the_cases_that_were_at_work(service: Service) -> None:
    begin = service.now
    ids = [await told(service, RING) for _ in range(GROWN)]
    few = [await told(service, OTHER, description="other words than those") for _ in range(2)]
    case_id = await case_of(service, ids[0])
    assert await case_of(service, few[0]) is not None
    report_id = await told(service, {}, description="somebody was at the door", place=None)
    assert await case_of(service, report_id) is None
    async with reading(service.runtime.engine) as session:
        linked = await session.get_one(LinkedReport, report_id)
        new, at = read_kept(report_id, linked.traits), linked.occurred_at
        background = await service.runtime.backgrounds.read(session, report_id)

        async def found(at: datetime, *, is_later: bool) -> set[str]:
            around = await look_around(session, new, at, service.now, background, is_later=is_later)
            return set(around.clusters)

        assert background.wordings["latin"].cases  # it knows who says the same
        assert await found(at, is_later=False) == set()
        assert await found(at, is_later=True) == {case_id}
        end, within = begin + timedelta(hours=GROWN - 1), timedelta(days=ACTIVE_DAYS)
        second = timedelta(seconds=1)
        for moment in (begin - within, end + within):
            assert await found(moment, is_later=True) == {case_id}
        for moment in (begin - within - second, end + within + second):
            assert await found(moment, is_later=True) == set()


async def test_strangers_stay_alone(service: Service) -> None:
    await told(service, RING)
    later = {"occurred_at": "2026-11-20T11:30:00+08:00", "place": None, "description": "loan text"}
    alone = await told(service, OTHER, **later)
    assert await case_of(service, alone) is None
    # It is looked at again, for the report that ties it may come later.
    service.wait(days=3)
    assert await link_due(service.runtime) >= 1


async def test_the_last_look_asks_for_less(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "JOIN", 1000.0)  # nobody has so much to tell
    ids = [await told(service, RING) for _ in range(2)]
    for after in LOOK_AGAIN:
        assert [await case_of(service, one) for one in ids] == [None, None]
        service.wait(days=after.days)
        assert await link_due(service.runtime) == 2
    found = {await case_of(service, one) for one in ids}
    assert len(found) == 1
    assert found != {None}


async def test_what_people_decide_the_linker_does_not_undo(service: Service) -> None:
    ids = [await told(service, RING) for _ in range(3)]
    case_id = await case_of(service, ids[0])
    path = f"/v1/fraud/cases/{case_id}"
    new = await service.make(f"{path}/split", {"report_ids": ids[:1]}, Role.FRAUD, "A-1")
    assert new["kept_apart"] == [case_id]
    assert new["report_count"] == 1
    again = [await told(service, RING) for _ in range(4)]
    assert await case_of(service, ids[0]) == new["id"]
    assert await case_of(service, ids[1]) == case_id
    assert {await case_of(service, one) for one in again} <= {case_id, new["id"]}
    merged = await service.make(f"{path}/merge", {"case_id": new["id"]}, Role.FRAUD, "A-2")
    assert merged["report_count"] == 7
    assert merged["kept_apart"] == []
    acts = [(one["kind"], one["actor"]) for one in merged["history"]]
    assert ("merged", "A-2") in acts
    assert ("split", "A-1") in acts
    gone = await service.call("GET", f"/v1/fraud/cases/{new['id']}", role=Role.FRAUD)
    assert (gone.json()["merged_into"], gone.json()["report_count"]) == (case_id, 0)
    closed = await service.call(
        "POST", f"/v1/fraud/cases/{new['id']}/merge", {"case_id": case_id}, role=Role.FRAUD
    )
    assert (closed.status_code, closed.json()["code"]) == (409, "conflict")


async def test_cases_that_people_split_do_not_meet_in_a_third(service: Service) -> None:
    ids = [await told(service, RING) for _ in range(4)]
    path = f"/v1/fraud/cases/{await case_of(service, ids[0])}"
    new = await service.make(f"{path}/split", {"report_ids": ids[2:]}, Role.FRAUD)
    loose = {"report_ids": ids[2:], "pinned": False}
    await service.make(f"/v1/fraud/cases/{new['id']}/pin", loose, Role.FRAUD)
    elsewhere = {"payee": "0012345678", "url": "https://pay.example/x"}
    third = [await told(service, OTHER, **elsewhere) for _ in range(2)]
    between = await told(service, {**OTHER, "phone": RING["phone"]}, **elsewhere)
    cases = [await case_of(service, one) for one in (ids[0], ids[2], third[0])]
    assert await case_of(service, between) == cases[2]
    assert cases[0] != cases[1]


async def test_what_fits_two_cases_as_well_waits_for_people(service: Service) -> None:
    ids = [await told(service, RING) for _ in range(4)]
    first = await case_of(service, ids[0])
    path = f"/v1/fraud/cases/{first}"
    new = await service.make(f"{path}/split", {"report_ids": ids[2:]}, Role.FRAUD)
    between = await told(service, RING)
    service.wait(days=3)
    await link_due(service.runtime)
    shown = await standing(service, between)
    assert shown["case_id"] is None
    possible = [(one["case_id"], one["is_possible"]) for one in shown["links"]]
    assert sorted(possible) == sorted([(first, True), (new["id"], True)])
    # Once people have brought them together there is only one that it fits.
    await service.make(f"{path}/merge", {"case_id": new["id"]}, Role.FRAUD)
    service.wait(days=9)
    await link_due(service.runtime)
    shown = await standing(service, between)
    assert shown["case_id"] == first
    assert [one["is_possible"] for one in shown["links"] if one["case_id"] == first] == [False]


async def test_a_report_is_pinned_into_a_case_by_hand(service: Service) -> None:
    ids = [await told(service, RING) for _ in range(2)]
    apart: dict[str, Any] = {"place": None, "description": "nothing alike", "asked_for": []}
    alone = await told(service, OTHER, **apart)
    case_id = await case_of(service, ids[0])
    path = f"/v1/fraud/cases/{case_id}/pin"
    held = await service.make(path, {"report_ids": [alone]}, Role.FRAUD, "A-1")
    assert held["report_count"] == 3
    shown = await standing(service, alone)
    assert (shown["case_id"], shown["is_pinned"]) == (case_id, True)
    assert shown["links"][0]["reasons"][0]["ground"] == Ground.BY_HAND
    loose = await service.make(path, {"report_ids": [alone], "pinned": False}, Role.FRAUD, "A-1")
    assert [one["kind"] for one in loose["history"]][:2] == ["unpinned", "pinned"]
    none: list[str] = []
    for ids, status in ((none, 422), (["rp_none"], 404)):
        refused = await service.call("POST", path, {"report_ids": ids}, role=Role.FRAUD)
        assert refused.status_code == status


async def test_misconduct_goes_its_own_way(service: Service) -> None:
    ids = [await told(service, RING) for _ in range(3)]
    path = f"/v1/fraud/reports/{ids[0]}"
    changed = await service.call("PATCH", path, {"kind": "misconduct"}, role=Role.FRAUD)
    assert changed.status_code == 200
    await link_due(service.runtime)
    assert await case_of(service, ids[0]) is None
    assert len(await queue(service, case=str(await case_of(service, ids[1])))) == 2


async def test_a_report_that_nobody_linked_is_linked_at_the_next_start(service: Service) -> None:
    await service.make("/v1/reports", {**REPORT, "claimed": RING}, Role.DESK)
    await service.make("/v1/reports", {**REPORT, "claimed": RING}, Role.DESK)
    # Two replicas at once: each report is linked once.
    await asyncio.gather(link_due(service.runtime), link_due(service.runtime))
    async with reading(service.runtime.engine) as session:
        linked = (await session.exec(select(LinkedReport))).all()
        left = (await session.exec(select(LinkTask).where(LinkTask.due_at <= service.now))).all()
    assert len(linked) == 2
    assert len({one.case_id for one in linked}) == 1
    assert left == []


async def test_the_most_urgent_come_first(service: Service) -> None:
    calm = await told(service, {}, asked_for=["documents"], contact=None)
    grave = await told(service, OTHER, asked_for=["password", "cash"])
    plain = await told(service, {}, asked_for=["cash"], contact=None, place=None)
    listed = await queue(service, sort="score")
    assert [one["id"] for one in listed] == [grave, plain, calm]
    seen, cursor = [], None
    for _ in range(3):
        params = {"sort": "score", "limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = await service.call("GET", "/v1/fraud/reports", role=Role.FRAUD, params=params)
        seen += [one["id"] for one in page.json()["items"]]
        cursor = page.json()["next_cursor"]
    assert seen == [grave, plain, calm]
    assert cursor is None
    shown = await standing(service, grave)
    assert shown["score"] == sum(one["points"] for one in shown["signals"]) > 0


async def test_what_has_no_score_yet_comes_before_all_others(service: Service) -> None:
    grave = await told(service, OTHER, asked_for=["password", "cash"])
    calm = await told(service, {}, asked_for=["documents"], contact=None)
    waiting = []
    for number in range(3):
        at = service.now.isoformat()
        body = {**REPORT, "occurred_at": at, "claimed": RING, "description": f"waiting {number}"}
        await service.make("/v1/reports", body, Role.DESK)
        service.wait(hours=1)
        waiting.append(str((await queue(service))[0]["id"]))
    ours = {"kind": "misconduct"}
    await service.call("PATCH", f"/v1/fraud/reports/{waiting[0]}", ours, role=Role.FRAUD)
    assert await by_score(service, "1") == [*waiting[::-1], grave, calm]
    assert await by_score(service, "2", q="waiting") == waiting[::-1]
    await link_due(service.runtime)
    assert sorted(await by_score(service, "2")) == sorted([*waiting, grave, calm])
    assert sorted(await by_score(service, "2", q="waiting")) == sorted(waiting)
    assert await case_of(service, waiting[0]) is None
    assert await by_score(service, "2", q="nothing like this") == []


async def test_the_most_urgent_of_a_place_come_first(service: Service) -> None:
    north: dict[str, Any] = {"text": "x", "latitude": 25.04, "longitude": 121.56}  # 1.1 km
    far: dict[str, Any] = {"text": "x", "latitude": 25.13, "longitude": 121.56}  # 11 km
    asked = (["documents"], ["password", "cash"], ["cash"])
    places: tuple[dict[str, Any] | None, ...] = (REPORT["place"], north, far, None)
    told_of = [
        (place, await told(service, claimed, place=place, asked_for=what))
        for place in places
        for what, claimed in zip(asked, ({}, RING, OTHER), strict=True)
    ]
    everywhere = await by_score(service, "100")
    assert len(everywhere) == 12
    for near, wanted in (
        ("25.03,121.56,0.5", places[:1]),
        ("25.03,121.56,2", places[:2]),
        ("25.03,121.56,20", places[:3]),
        ("24.0,121.56,20", ()),
    ):
        here = {report_id for place, report_id in told_of if place in wanted}
        in_order = [one for one in everywhere if one in here]
        assert await by_score(service, "2", near=near) == in_order
        assert await by_score(service, "100", near=near) == in_order
        plates = {report_id for _, report_id in told_of[1::3]} & here
        with_plate = [one for one in in_order if one in plates]
        assert await by_score(service, "2", near=near, plate="ABC-1234") == with_plate
    cell = cell_of(Place(25.03, 121.56), MAP)
    same = {
        report_id
        for place, report_id in told_of
        if place and cell_of(Place(place["latitude"], place["longitude"]), MAP) == cell
    }
    assert await by_score(service, "2", cell=cell) == [one for one in everywhere if one in same]


async def by_score(service: Service, limit: str, **filters: str) -> list[str]:
    """Return the ids of the queue by score, read page by page."""
    seen: list[str] = []
    params = {"sort": "score", "limit": limit, **filters}
    while True:
        page = await service.call("GET", "/v1/fraud/reports", role=Role.FRAUD, params=params)
        seen += [one["id"] for one in page.json()["items"]]
        if page.json()["next_cursor"] is None:
            return seen
        params["cursor"] = page.json()["next_cursor"]


@pytest.mark.parametrize("cursor", ["odd", "WyIyMDI2LTExLTI0VDA0OjAwOjAwKzAwOjAwIiwgInJwX3giXQ"])
async def test_a_foreign_cursor_is_refused(service: Service, cursor: str) -> None:
    params = {"sort": "score", "cursor": cursor}
    refused = await service.call("GET", "/v1/fraud/reports", role=Role.FRAUD, params=params)
    assert refused.status_code == 422


async def test_a_surge_is_told_once_a_day(service: Service) -> None:
    with service.runtime.news.listening(TEAM) as news:
        for _ in range(5):
            await told(service, {})
        heard = [news.get_nowait() for _ in range(news.qsize())]
    surges = [one for one in heard if one.kind == "surge"]
    assert len(surges) == 1
    async with reading(service.runtime.engine) as session:
        (day,) = (await session.exec(select(AreaDay))).all()
    assert (day.reports, day.area, day.surged_at is None) == (5, surges[0].area, False)


async def test_a_case_is_a_graph_of_reports_and_facts(service: Service) -> None:
    ids = [await told(service, RING) for _ in range(3)]
    case_id = await case_of(service, ids[0])
    found = await service.call("GET", f"/v1/fraud/cases/{case_id}/graph", role=Role.AUDITOR)
    graph = found.json()
    nodes = {one["id"]: one["kind"] for one in graph["nodes"]}
    assert {one for one, kind in nodes.items() if kind == "report"} == set(ids)
    plate = "same_plate:ABC1234"
    assert plate in nodes
    tied = {one["source"] for one in graph["links"] if one["target"] == plate}
    assert tied == set(ids)
    assert all({one["source"], one["target"]} <= nodes.keys() for one in graph["links"])
    listed = await service.call("GET", "/v1/fraud/cases", role=Role.FRAUD)
    assert [(one["id"], one["report_count"]) for one in listed.json()["items"]] == [(case_id, 3)]
