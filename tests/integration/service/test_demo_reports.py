"""The demo's year: reports in cases, a surge, work by two, a watchlist, a report with evidence."""

import asyncio
from contextlib import suppress

import pytest

from domain.reports import ReportStatus
from domain.states import Language
from domain.statistics import CountedBy
from domain.watchlist import WatchState
from service import cases, demo, demo_reports, statistics, surge_lists, watchlist
from service.events import TEAM
from service.fraud_reports import read_report
from service.report_lists import ReportFilters, list_reports
from service.work_figures import count_work
from tests.reports import queue, send
from tests.services import Service
from tests.webhooks import until


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what a demo runs on
async def test_a_demo_gets_a_year_worth_looking_at(service: Service) -> None:
    runtime = service.runtime
    await demo.fill(runtime)
    with runtime.news.listening(TEAM) as news:
        await demo_reports.fill(runtime)
        assert news.empty()  # what is made up alarms nobody
    first = (await list_reports(runtime, ReportFilters(), 1)).items[0]
    newest = await read_report(runtime, first.id)
    assert (newest.evidence_count, newest.has_contact) == (2, True)
    assert newest.standing is not None
    assert newest.standing.case_id is not None
    sizes = [one.report_count for one in (await cases.list_cases(runtime)).items]
    assert len(sizes) >= 5
    assert max(sizes) >= 10  # the wave, whatever the linker makes of the rest
    assert (await surge_lists.list_surges(runtime, Language.ENGLISH)).items
    states = {one.state for one in (await watchlist.list_watchlist(runtime)).items}
    assert states == {WatchState.ACTIVE, WatchState.AWAITING_APPROVAL}
    waiting = await list_reports(runtime, ReportFilters(closing=True))
    assert [one.closing.status for one in waiting.items if one.closing] == [ReportStatus.CONFIRMED]
    counted = await statistics.count_reports(runtime, CountedBy.STATUS)
    assert {one.value for one in counted.items} >= {"confirmed", "dismissed", "investigating"}
    work = await count_work(runtime)
    assert 0 < (work.time_to_look.median_hours or 0) < 24 < (work.time_to_close.median_hours or 0)
    assert work.automatic_links.judged > 10
    before = await queue(service)
    await demo_reports.fill(runtime)
    assert await queue(service) == before


async def test_a_demo_that_cannot_be_filled_links_all_the_same(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise OSError

    await send(service)

    async def is_linked() -> bool:
        shown = await read_report(service.runtime, (await queue(service))[0]["id"])
        return shown.standing is not None

    monkeypatch.setattr(demo_reports, "fill", fail)
    work = asyncio.create_task(demo_reports.fill_and_link(service.runtime))
    await until(is_linked)
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work
