"""Indicators of reports: what links one report to the next."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, func
from sqlalchemy import select as select_columns
from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table, one_of
from db.cases import LinkedReport
from domain.indicators import IndicatorKind


class ReportIndicator(Table, table=True):
    """One fact that a report claims: `value` compares, `shown` is what was said.

    `received_at` is the report's, so that a value's reports are read in the order of the queue.
    """

    __tablename__ = "report_indicator"
    __table_args__ = (
        CheckConstraint(one_of("kind", IndicatorKind), "kind"),
        Index(None, "kind", "value", "received_at", "report_id"),
    )

    report_id: str = Field(foreign_key="report.id", primary_key=True, max_length=32)
    kind: str = Field(primary_key=True, max_length=16)
    value: str = Field(primary_key=True, max_length=200)
    shown: str = Field(max_length=2048)
    received_at: datetime


async def replace_indicators(
    session: AsyncSession, report_ids: Collection[str], made: Collection[ReportIndicator]
) -> None:
    """Put indicators of reports in the place of those that there are."""
    await session.exec(
        delete(ReportIndicator).where(col(ReportIndicator.report_id).in_(report_ids))
    )
    session.add_all(made)


async def count_indicators(
    session: AsyncSession, case_id: str, limit: int
) -> Sequence[tuple[str, str, str, int]]:
    """Return (kind, value, shown, count) of what a case's reports claim, the most frequent first.

    Of what was written in several ways, one is shown.
    """
    count = func.count()
    query = (
        select(ReportIndicator.kind, ReportIndicator.value, func.min(ReportIndicator.shown), count)
        .join(LinkedReport, col(LinkedReport.report_id) == ReportIndicator.report_id)
        .where(LinkedReport.case_id == case_id)
        .group_by(col(ReportIndicator.kind), col(ReportIndicator.value))
        .order_by(count.desc(), col(ReportIndicator.kind), col(ReportIndicator.value))
    )
    return (await session.exec(query.limit(limit))).all()


async def find_names(
    session: AsyncSession, case_ids: Collection[str], most: int
) -> Sequence[tuple[str, str]]:
    """Return (case, name) of the names that most reports of each case tell, the first first."""
    case, count = col(LinkedReport.case_id), func.count()
    order = (count.desc(), col(ReportIndicator.value))
    counted = (
        select_columns(
            case.label("case_id"),
            func.min(ReportIndicator.shown).label("shown"),
            func.row_number().over(partition_by=case, order_by=order).label("place"),
        )
        .join(LinkedReport, col(LinkedReport.report_id) == col(ReportIndicator.report_id))
        # Not by the index on kinds: SQLite would read every name that there is, whatever the case.
        .where(case.in_(case_ids), col(ReportIndicator.kind).concat("") == IndicatorKind.ALIAS)
        .group_by(case, col(ReportIndicator.value))
        .subquery()
    )
    places = counted.c
    query = select_columns(places.case_id, places.shown).where(places.place <= most)
    connection = await session.connection()
    found = await connection.execute(query.order_by(places.case_id, places.place))
    return [(one.case_id, one.shown) for one in found]
