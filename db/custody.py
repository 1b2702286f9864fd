"""The chain of custody of evidence: who had it, when, and what for; nothing here ever changes."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table, one_of
from db.reports import ReportEvidence
from domain.reports import CustodyKind


class EvidenceCustody(Table, table=True):
    """One thing that happened to a piece of evidence; `text` is a digest or a reason."""

    __tablename__ = "evidence_custody"
    __table_args__ = (
        CheckConstraint(one_of("kind", CustodyKind), "kind"),
        Index(None, "evidence_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    evidence_id: str = Field(foreign_key="report_evidence.id", max_length=32)
    at: datetime
    actor: str = Field(max_length=200)
    kind: str = Field(max_length=20)
    text: str = Field(max_length=200)


async def find_custody(
    session: AsyncSession, evidence_ids: Collection[str]
) -> Sequence[EvidenceCustody]:
    """Return what happened to pieces of evidence, first things first."""
    query = select(EvidenceCustody).where(col(EvidenceCustody.evidence_id).in_(evidence_ids))
    return (await session.exec(query.order_by(col(EvidenceCustody.id)))).all()


async def is_on_record(
    session: AsyncSession, evidence_id: str, actor: str, kind: CustodyKind, since: datetime
) -> bool:
    """Tell whether somebody did this with a piece of evidence since a moment."""
    query = (
        select(EvidenceCustody.id)
        .where(EvidenceCustody.evidence_id == evidence_id, EvidenceCustody.at >= since)
        .where(EvidenceCustody.actor == actor, EvidenceCustody.kind == kind)
        .limit(1)
    )
    return (await session.exec(query)).first() is not None


async def find_evidence_of(
    session: AsyncSession, report_ids: Collection[str]
) -> Sequence[ReportEvidence]:
    """Return the evidence of several reports, report by report, in the order in which it came."""
    query = select(ReportEvidence).where(col(ReportEvidence.report_id).in_(report_ids))
    order = (col(ReportEvidence.report_id), col(ReportEvidence.position))
    return (await session.exec(query.order_by(*order))).all()


async def find_stored_originals(session: AsyncSession, names: Collection[str]) -> Sequence[str]:
    """Return those of these files that the original of some evidence is."""
    query = select(ReportEvidence.original_file).where(col(ReportEvidence.original_file).in_(names))
    return [name for name in (await session.exec(query)).all() if name is not None]
