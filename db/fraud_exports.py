"""Who took which reports out of the house."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, tuple_
from sqlmodel import Field, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table, one_of
from db.reports import Report
from domain.exports import ExportFormat, Tlp


class FraudExport(Table, table=True):
    """An export: on record before its first byte, and counted page by page before each leaves.

    `finished_at` is None for one that was cut off; `reports` is then how many may have left.
    """

    __tablename__ = "fraud_export"
    __table_args__ = (
        CheckConstraint(one_of("format", ExportFormat), "format"),
        CheckConstraint(one_of("tlp", Tlp), "tlp"),
        Index(None, "started_at", "id"),
    )

    id: str = Field(primary_key=True, max_length=32)
    started_at: datetime
    finished_at: datetime | None = None
    actor: str = Field(max_length=200)
    format: str = Field(max_length=8)
    tlp: str = Field(max_length=16)
    filters: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    reports: int = 0


async def find_exports(
    session: AsyncSession, after: tuple[datetime, str] | None, limit: int
) -> Sequence[FraudExport]:
    """Return exports, the last begun first; `after` is the last (started_at, id) seen."""
    place = (col(FraudExport.started_at), col(FraudExport.id))
    query = select(FraudExport).order_by(*(column.desc() for column in place)).limit(limit)
    if after is not None:
        query = query.where(tuple_(*place) < after)
    return (await session.exec(query)).all()


async def find_oldest(session: AsyncSession) -> datetime | None:
    """Return when the first report of all was received."""
    query = select(Report.received_at).order_by(col(Report.received_at), col(Report.id)).limit(1)
    return (await session.exec(query)).one_or_none()


async def count_exported(
    session: AsyncSession, export_id: str, reports: int, finished_at: datetime | None = None
) -> None:
    """Write down how many reports have left with an export, and whether that is all."""
    values = {"reports": reports, "finished_at": finished_at}
    await session.exec(update(FraudExport).where(col(FraudExport.id) == export_id).values(values))
