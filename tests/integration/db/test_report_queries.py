"""What is read of the embedded database, which does not know how many rows have what."""

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from db.duplicates import find_withdrawn
from db.report_filters import ReportFilter
from db.report_queries import find_reports
from db.units_of_work import reading, writing
from db.urgent_reports import find_urgent
from domain.reports import ReportStatus
from tests.reports import bare_report
from tests.services import NOON

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def plans_of(engine: AsyncEngine) -> list[str]:
    """Return a list to which the plan of each statement that reads comes from now on."""
    found: list[str] = []

    def ask(_: object, cursor: Any, sql: str, given: object, *__: object) -> None:  # noqa: ANN401 - SQLAlchemy's adapter
        if sql.startswith("SELECT"):
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", given)
            found.append(" | ".join(row[3] for row in cursor.fetchall()))

    event.listen(engine.sync_engine, "before_cursor_execute", ask)
    return found


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (ReportFilter(), "ix_report_received_at_id"),
        (ReportFilter(after=(NOON, "rp_1")), "ix_report_received_at_id"),
        (ReportFilter(received_from=NOON), "ix_report_received_at_id"),
        (ReportFilter(status=ReportStatus.NEW), "ix_report_status_received_at_id"),
        (ReportFilter(by_due=True), "ix_report_due_at_id"),
    ],
    ids=["all", "a next page", "days", "status", "due"],
)
async def test_a_page_of_the_queue_is_read_in_its_order(
    engine: AsyncEngine, wanted: ReportFilter, index: str
) -> None:
    plans = plans_of(engine)
    async with reading(engine) as session:
        await find_reports(session, wanted, 50)
    (plan,) = plans
    assert index in plan
    assert "TEMP B-TREE" not in plan


async def test_a_page_by_score_is_read_in_its_order(engine: AsyncEngine) -> None:
    plans = plans_of(engine)
    async with reading(engine) as session:
        await find_urgent(session, ReportFilter(), None, 50)
    (plan,) = plans
    assert "ix_linked_report_score_received_at_report_id" in plan
    assert "TEMP B-TREE" not in plan


async def test_the_withdrawn_ones_of_a_family_are_found_among_the_family(
    engine: AsyncEngine,
) -> None:
    rows = [bare_report(number) for number in range(5)]
    for number in (1, 2, 3):
        rows[number].duplicate_of = rows[0].id
    for number in (1, 3, 4):
        rows[number].status = ReportStatus.WITHDRAWN
    async with writing(engine) as session:
        session.add_all(rows)
        await session.commit()
    plans = plans_of(engine)
    async with reading(engine) as session:
        found = await find_withdrawn(session, "rp_0")
    assert [one.id for one in found] == ["rp_1", "rp_3"]
    (plan,) = plans
    assert "ix_report_duplicate_of" in plan
