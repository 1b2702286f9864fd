"""Old reports go with regard to those that stay: held ones, their firsts, and their cases."""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from db.case_queries import lock_cases
from db.cases import CaseLink, CaseProfile
from db.units_of_work import reading, writing
from domain.cases import CLOSED
from domain.webhooks import WebhookEvent
from service import report_retention
from service.settings import Settings
from tests.integration.service.test_families import reports
from tests.integration.service.test_families import told as told_again
from tests.integration.service.test_linking import RING, case_of, told
from tests.integration.service.test_profiles import kept as profile_of_case
from tests.reports import bare_report
from tests.services import Service
from tests.webhooks import listen, outbox_of


async def sweep(service: Service, before: datetime) -> int:
    settings = Settings(data_dir=service.runtime.evidence.folder.parent)
    return sum(
        [rows async for rows in report_retention.sweep(service.runtime.engine, settings, before)]
    )


async def ended(service: Service) -> list[dict[str, object]]:
    """Return what was told of cases that are closed."""
    found = [one["data"] for one in await outbox_of(service.runtime)]
    return [one for one in found if one["change"] == CLOSED]


@pytest.mark.parametrize("held", [{0}, {1}, {2}])
async def test_nothing_goes_that_is_folded_with_what_is_held(
    service: Service, held: Collection[int]
) -> None:
    rows = [bare_report(number) for number in range(4)]
    rows[1].duplicate_of = rows[2].duplicate_of = rows[0].id
    for number in held:
        rows[number].is_held = True
    async with writing(service.runtime.engine) as session:
        session.add_all(rows)
        await session.commit()
    assert await sweep(service, service.now + timedelta(days=1)) == 1
    assert [one.id for one in await reports(service)] == ["rp_0", "rp_1", "rp_2"]


async def test_a_first_counts_only_the_duplicates_that_are_left(service: Service) -> None:
    (code, *_) = await told_again(service, 3)
    withdrawn = await service.call("POST", f"/v1/reports/{code}/withdraw")
    assert withdrawn.status_code == 200
    (gone, heir, other) = await reports(service)
    assert heir.duplicate_count == 2
    assert await sweep(service, gone.received_at + timedelta(seconds=1)) == 1
    (heir, other) = await reports(service)
    assert (heir.duplicate_count, other.duplicate_of) == (1, heir.id)


async def test_that_a_case_ends_with_its_last_report_is_told(service: Service) -> None:
    await listen(service.runtime, WebhookEvent.CASE_CHANGED)
    first = await told(service, RING)
    second = await told(service, RING)
    case_id = str(await case_of(service, first))
    (row, _) = await reports(service)
    assert await sweep(service, row.received_at + timedelta(seconds=1)) == 1
    assert await ended(service) == []
    assert await case_of(service, second) == case_id
    assert await sweep(service, service.now) == 1
    nobody: dict[str, object] = {"report_ids": [], "other_case_id": None}
    assert await ended(service) == [{"case_id": case_id, "change": "closed", **nobody}]


async def test_a_case_remembers_nothing_of_what_is_gone(service: Service) -> None:
    gone = await told(service, {**RING, "agency": "海港"})
    left = [await told(service, RING) for _ in range(2)]
    case_id = await case_of(service, gone)
    assert "海港" in str((await profile_of_case(service, case_id)).agencies)
    assert await sweep(service, (await reports(service))[0].received_at + timedelta(seconds=1)) == 1
    async with reading(service.runtime.engine) as session:
        assert await session.get(CaseProfile, case_id) is None
    new = await told(service, RING)
    profile = await profile_of_case(service, case_id)
    assert (profile.reports, profile.agencies) == ([*left, new], {})


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # the other's writers are alone
async def test_who_changes_cases_never_waits_for_what_waits_for_them(service: Service) -> None:
    report_id = await told(service, RING)
    await told(service, RING)
    case_id = str(await case_of(service, report_id))
    async with asyncio.timeout(20):
        async with writing(service.runtime.engine) as session:
            await lock_cases(session)
            waiting = asyncio.ensure_future(sweep(service, service.now))
            done, _ = await asyncio.wait({waiting}, timeout=0.4)
            assert not done
            at = service.now  # a row about a report that goes, as the linker writes of others
            link = CaseLink(
                case_id=case_id, report_id=report_id, at=at, actor="linker", bits=0, reasons=[]
            )
            session.add(link)
            await session.commit()
        assert await waiting == 2
    assert await reports(service) == []
