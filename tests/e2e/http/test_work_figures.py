"""How soon reports are looked at and closed, and what people make of automatic links."""

from typing import Any

from sqlmodel import select

from db.report_counts import ReportCount, recount
from db.units_of_work import reading, writing
from domain.callers import Role
from tests.e2e.http.test_console_charts import page
from tests.integration.service.test_linking import OTHER, RING, case_of, told
from tests.services import Service

NOTHING = {"right": 0, "judged": 0, "share": None}
UNTIMED = {"count": 0, "median_hours": None, "ninetieth_hours": None}


async def work(service: Service, **query: str) -> dict[str, Any]:
    path = "/v1/fraud/statistics"
    answer = await service.call("GET", path, role=Role.FRAUD, params=query)
    figures: dict[str, Any] = answer.json()["work"]
    return figures


async def links(service: Service) -> tuple[int, int]:
    found = (await work(service))["automatic_links"]
    return found["right"], found["judged"]


async def change(service: Service, report_id: str, who: str = "A-1", **what: str) -> None:
    path = f"/v1/fraud/reports/{report_id}"
    done = await service.call("PATCH", path, role=Role.FRAUD, subject=who, json=what)
    assert done.status_code == 200, done.text


async def close(service: Service, report_id: str, status: str) -> None:
    for who in ("A-1", "A-2"):
        await change(service, report_id, who, status=status)


async def decide(
    service: Service, case_id: str | None, what: str, *reports: str, **more: bool
) -> None:
    body: dict[str, Any] = {"report_ids": list(reports), **more}
    await service.make(f"/v1/fraud/cases/{case_id}/{what}", body, Role.FRAUD, "A-1")


async def test_nothing_is_said_of_what_nobody_did(service: Service) -> None:
    await told(service, RING)
    figures = await work(service)
    assert figures == {
        "time_to_look": UNTIMED,
        "time_to_close": UNTIMED,
        "confirmed": NOTHING,
        "automatic_links": NOTHING,
    }
    html = await page(service, "statistics")
    assert html.count("Nothing judged yet") == 2


async def test_first_acts_and_ends_are_timed(service: Service) -> None:
    ids = [await told(service, claimed) for claimed in (RING, OTHER)]  # an hour apart
    service.wait(hours=8)
    await change(service, ids[0], note="called")  # 10 hours after it came in
    await close(service, ids[1], "confirmed")  # 9
    service.wait(days=2)
    await change(service, ids[0], severity="low")  # not the first act any more
    await close(service, ids[0], "dismissed")  # 58
    figures = await work(service)
    looked, closed = figures["time_to_look"], figures["time_to_close"]
    assert (looked["count"], closed["count"]) == (2, 2)
    assert 9 <= looked["median_hours"] <= 9 * 1.2
    assert 10 <= looked["ninetieth_hours"] <= 10 * 1.2
    assert 9 <= closed["median_hours"] <= 9 * 1.2
    assert 58 <= closed["ninetieth_hours"] <= 58 * 1.2
    assert figures["confirmed"] == {"right": 1, "judged": 2, "share": 0.5}
    await change(service, ids[0], status="triaged")  # opened again: it has not ended
    assert (await work(service))["time_to_close"]["count"] == 1
    assert (await work(service, to="2026-11-01"))["time_to_look"] == UNTIMED
    html = await page(service, "statistics")
    assert f"{looked['median_hours']} h" in html
    assert "100 %" in html


async def test_who_opens_the_contact_has_looked(service: Service) -> None:
    report = await told(service, RING)
    path = f"/v1/fraud/reports/{report}/contact"
    await service.make(path, {"reason": "call back"}, Role.FRAUD, "A-1")
    assert (await work(service))["time_to_look"]["count"] == 1


async def test_a_link_stands_by_a_confirmed_end_or_a_pin(service: Service) -> None:
    ids = [await told(service, RING) for _ in range(4)]
    case_id = await case_of(service, ids[0])
    await close(service, ids[0], "confirmed")
    await close(service, ids[1], "dismissed")  # says nothing about where it belongs
    assert await links(service) == (1, 1)
    await decide(service, case_id, "pin", ids[1], ids[2])
    assert await links(service) == (3, 3)
    await decide(service, case_id, "pin", ids[0], ids[2], pinned=False)
    assert await links(service) == (2, 2)  # the first was confirmed
    await change(service, ids[0], status="triaged")
    assert await links(service) == (1, 1)


async def test_a_link_falls_when_somebody_takes_the_report_out(service: Service) -> None:
    ids = [await told(service, RING) for _ in range(3)]
    case_id = await case_of(service, ids[0])
    for one in ids:
        await close(service, one, "confirmed")
    assert await links(service) == (3, 3)
    await decide(service, case_id, "split", ids[0])
    assert await links(service) == (2, 3)
    await change(service, ids[0], status="triaged")
    await decide(service, await case_of(service, ids[0]), "pin", ids[1])
    assert await links(service) == (0, 2)  # and the last one is alone: nothing to judge
    await decide(service, case_id, "pin", ids[0], ids[1])
    assert await links(service) == (2, 2)  # put back: the last word counts
    assert "fell" not in await counted_anew(service)


async def test_misconduct_says_nothing_about_a_link(service: Service) -> None:
    ids = [await told(service, RING) for _ in range(3)]
    await close(service, ids[0], "confirmed")
    await change(service, ids[0], kind="misconduct")
    await told(service, OTHER)  # linking goes on
    assert await case_of(service, ids[0]) is None
    assert await links(service) == (0, 0)


async def counted_anew(service: Service) -> dict[str, int]:
    """Return the verdicts counted from the reports, which must be those that were kept."""
    found = []
    for again in (False, True):
        async with writing(service.runtime.engine) as session:
            if again:
                await recount(session)
                await session.commit()
        async with reading(service.runtime.engine) as session:
            rows = (await session.exec(select(ReportCount))).all()
        kept = {(one.dimension, str(one.day), one.value): one.count for one in rows if one.count}
        found.append(kept)
    assert found[0] == found[1]
    return {value: n for (what, _, value), n in found[1].items() if what == "automatic_link"}
