"""Misconduct of our own is in no case of impostors, nor is what repeats it, until turned back."""

from pathlib import Path
from typing import Any

from sqlmodel import insert, select

from db import schema
from db.cases import LinkedReport, LinkTask
from db.engine import make_engine
from db.units_of_work import reading, writing
from domain.callers import Role
from domain.reports import ReportKind
from service.linking import add_task, link_due
from tests.e2e.http.test_intake import detail_of, patch, sent
from tests.integration.service.test_linking import case_of, standing
from tests.integration.service.test_report_scores import BARE, repeated, told, withdraw
from tests.reports import bare_report, queue
from tests.services import NOON, Service, running


async def turn(service: Service, report_id: str, kind: ReportKind) -> None:
    await patch(service, report_id, kind=kind)
    await link_due(service.runtime)


async def pin(service: Service, case_id: str | None, report_id: str) -> int:
    path = f"/v1/fraud/cases/{case_id}/pin"
    ids: dict[str, Any] = {"report_ids": [report_id]}
    return (await service.call("POST", path, ids, role=Role.FRAUD)).status_code


async def test_a_later_report_does_not_pull_it_back(service: Service) -> None:
    first, _ = await told(service)
    await turn(service, first, ReportKind.MISCONDUCT)
    second, _ = await told(service)
    assert await case_of(service, second) is None
    third, _ = await told(service)
    case_id = await case_of(service, third)
    assert case_id is not None
    assert await case_of(service, second) == case_id
    assert await case_of(service, first) is None


async def test_it_makes_no_surge(service: Service) -> None:
    for number in range(6):
        await sent(service, claimed={"plate": f"ABC-{number:04}"})
    for one in await queue(service):
        path = f"/v1/fraud/reports/{one['id']}"
        changed = await service.call("PATCH", path, {"kind": "misconduct"}, role=Role.FRAUD)
        assert changed.status_code == 200
    await link_due(service.runtime)
    surges = await service.call("GET", "/v1/fraud/surges", role=Role.AUDITOR)
    assert surges.json()["items"] == []


async def test_what_was_never_linked_gets_its_score_when_upgrading(
    empty_url: str, tmp_path: Path
) -> None:
    await schema.upgrade(empty_url, "0014_held_reports")
    engine = make_engine(empty_url)
    reports = [bare_report(number) for number in range(3)]
    reports[0].kind = ReportKind.MISCONDUCT
    reports[2].cell, reports[2].area, reports[2].map_cell = "fine", "coarse", "of the map"
    reports[2].latitude, reports[2].longitude = 25.5, 121.5
    async with writing(engine) as session:
        session.add_all(reports)
        await session.flush()
        add_task(session, "rp_1", NOON)
        nothing: dict[str, Any] = {"signals": [], "traits": {}, "score": 0}
        times = {"occurred_at": NOON, "received_at": NOON}
        await session.exec(insert(LinkedReport).values(report_id="rp_2", **times, **nothing))
        await session.commit()
    await schema.upgrade(empty_url)
    async with reading(engine) as session:
        tasks = (await session.exec(select(LinkTask.report_id).order_by(LinkTask.report_id))).all()
        linked = await session.get_one(LinkedReport, "rp_2")
        assert (linked.cell, linked.area, linked.map_cell) == ("fine", "coarse", "of the map")
        assert (linked.latitude, linked.longitude) == (25.5, 121.5)
    await engine.dispose()
    assert tasks == ["rp_0", "rp_1"]
    async with running(empty_url, tmp_path) as service:
        await link_due(service.runtime)
        listed = await queue(service, sort="score")
    assert {one["id"] for one in listed} == {"rp_0", "rp_1", "rp_2"}


async def test_its_duplicates_are_of_its_kind(service: Service) -> None:
    await told(service)
    first, _ = await told(service)
    before, _ = await repeated(service)
    withdrawn, code = await repeated(service)
    await withdraw(service, code)
    assert await case_of(service, before) is not None
    await turn(service, first, ReportKind.MISCONDUCT)
    shown = await detail_of(service, first)
    await sent(service, **{**BARE, "occurred_at": shown["occurred_at"]})
    await link_due(service.runtime)
    folded = (await detail_of(service, first))["duplicates"]
    ids = {one["id"] for one in folded}
    assert {before, withdrawn} < ids
    assert len(ids) == 3
    assert {(await detail_of(service, one))["kind"] for one in ids} == {ReportKind.MISCONDUCT}
    assert {(await standing(service, one) or {}).get("case_id") for one in ids} == {None}


async def test_what_is_turned_back_is_linked_anew(service: Service) -> None:
    other, _ = await told(service)
    first, _ = await told(service)
    folded, _ = await repeated(service)
    case_id = await case_of(service, other)
    await turn(service, first, ReportKind.MISCONDUCT)
    assert await case_of(service, first) is None
    await turn(service, first, ReportKind.IMPERSONATION)
    assert {await case_of(service, one) for one in (first, folded)} == {case_id}
    assert not (await standing(service, first))["is_pinned"]


async def test_nobody_pins_it_into_a_case(service: Service) -> None:
    ids = [(await told(service))[0] for _ in range(3)]
    case_id = await case_of(service, ids[1])
    await turn(service, ids[0], ReportKind.MISCONDUCT)
    assert await pin(service, case_id, ids[0]) == 409
    assert await case_of(service, ids[0]) is None
    assert await pin(service, case_id, ids[1]) == 200
