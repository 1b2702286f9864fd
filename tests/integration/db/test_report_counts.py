"""Counts say what the reports say, whoever writes them, together with others or not."""

import asyncio
from contextlib import nullcontext
from typing import Any

import pytest
from sqlalchemy import UpdateBase, delete, update
from sqlmodel import col, select

from db.report_counts import ReportCount, recount
from db.reports import Report
from db.units_of_work import reading, writing
from domain.callers import Caller, Role
from domain.reports import AskedFor, ReportStatus, Severity
from service.fraud_reports import change_report
from service.report_changes import ReportChange
from service.report_lists import ReportFilters, list_reports
from tests.reports import bare_report, send
from tests.services import NOON, Service

Rows = dict[tuple[str, str, str], int]


async def counts(service: Service) -> Rows:
    async with reading(service.runtime.engine) as session:
        rows = (await session.exec(select(ReportCount))).all()
    return {(one.dimension, str(one.day), one.value): one.count for one in rows if one.count}


async def counted_anew(service: Service) -> Rows:
    async with writing(service.runtime.engine) as session:
        await recount(session)
        await session.commit()
    return await counts(service)


async def test_counts_follow_reports(service: Service) -> None:
    """Two of one day, one after midnight in Taipei, though not yet in UTC."""
    for more in ({}, {"asked_for": ["entry"], "claimed": {"agency": "海港"}, "place": None}):
        assert (await send(service, **more)).status_code == 201
    service.wait(hours=13)
    assert (await send(service, asked_for=[])).status_code == 201
    kept = await counts(service)
    assert kept["asked_for", "2026-11-24", AskedFor.ENTRY] == 2
    assert kept["asked_for", "2026-11-24", AskedFor.CASH] == 1
    assert kept["agency", "2026-11-24", "海港"] == 1
    assert kept["status", "2026-11-25", ReportStatus.NEW] == 1
    assert kept["cell", "2026-11-24", "864ba0a4fffffff"] == 1
    assert await counted_anew(service) == kept


async def test_a_change_moves_what_it_changes(service: Service) -> None:
    for _ in range(3):
        await send(service)
    analyst = Caller("A-1", frozenset({Role.FRAUD}))
    ids = [one.id for one in (await list_reports(service.runtime, ReportFilters())).items]
    changes = (
        ReportChange(status=ReportStatus.TRIAGED, severity=Severity.CRITICAL),
        ReportChange(status=ReportStatus.NEW),
        ReportChange(note="nothing that is counted"),
    )
    for change in changes:
        await change_report(service.runtime, analyst, ids[0], change)
    kept = await counts(service)
    assert kept["severity", "2026-11-24", Severity.CRITICAL] == 1
    assert kept["status", "2026-11-24", ReportStatus.NEW] == 3
    assert ("status", "2026-11-24", "triaged") not in kept
    assert await counted_anew(service) == kept


async def test_what_is_deleted_or_taken_back_is_not_counted(service: Service) -> None:
    async with writing(service.runtime.engine) as session:
        session.add(report := bare_report(1))
        await session.commit()
    before = await counts(service)
    assert len(before) == 3
    async with writing(service.runtime.engine) as session:
        await session.delete(report)
        await session.flush()
        await session.rollback()
        session.add(bare_report(2))
        await session.flush()
        await session.rollback()
        await session.commit()
    assert await counts(service) == before
    async with writing(service.runtime.engine) as session:
        await session.delete(report)
        await session.commit()
    assert await counts(service) == {}


async def test_reports_at_once_are_all_counted(service: Service) -> None:
    """Each takes the same rows in one order; PostgreSQL would end a deadlock with an error."""
    claims: list[Any] = [{"asked_for": asked} for asked in (["cash", "entry"], ["entry"], [])] * 4
    sent = await asyncio.gather(*(send(service, **claim) for claim in claims))
    assert {one.status_code for one in sent} == {201}
    kept = await counts(service)
    assert kept["kind", "2026-11-24", "impersonation"] == 12
    assert kept["asked_for", "2026-11-24", "entry"] == 8
    assert await counted_anew(service) == kept


@pytest.mark.parametrize(
    ("statement", "is_refused"),
    [
        (update(Report).values(severity="low"), True),
        (update(Report).where(col(Report.status) == "new").values(received_on=NOON.date()), True),
        (delete(Report), True),
        (update(Report).where(col(Report.status) == "new").values(evidence_count=1), False),
    ],
    ids=str,
)
async def test_nobody_writes_reports_past_the_counts(
    service: Service, statement: UpdateBase, *, is_refused: bool
) -> None:
    expected = pytest.raises(TypeError, match="as objects") if is_refused else nullcontext()
    async with writing(service.runtime.engine) as session:
        with expected:
            await session.exec(statement)
