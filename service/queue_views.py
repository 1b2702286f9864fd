"""What working the queue adds to a report: who asks for its end, its duplicates, its evidence."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from db.custody import find_custody, find_evidence_of
from db.duplicates import find_folded
from db.reports import Report
from domain.reports import CustodyKind, ReportStatus
from domain.states import Language


@dataclass(frozen=True, slots=True)
class ClosingRequest:
    """The end of a report that one analyst asked for; another one may approve it."""

    status: ReportStatus
    asked_by: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class CustodyEntry:
    """One thing that happened to a piece of evidence."""

    at: datetime
    actor: str
    kind: CustodyKind
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One image of a report; digest (SHA-256, hex) and size are those of what was sent.

    They are None for evidence that came before originals were kept.
    """

    id: str
    media_type: str
    original_sha256: str | None
    original_bytes: int | None
    custody: tuple[CustodyEntry, ...]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A report that says the same again; its reporter has a tracking code of his own."""

    id: str
    status: ReportStatus
    received_at: datetime
    description: str
    language: Language
    has_contact: bool
    entered_by: str | None
    evidence: tuple[Evidence, ...]


def read_closing(report: Report) -> ClosingRequest | None:
    """Return the end that is asked for, if any."""
    if report.closing is None or report.closing_by is None or report.closing_at is None:
        return None
    return ClosingRequest(ReportStatus(report.closing), report.closing_by, report.closing_at)


async def read_duplicates(session: AsyncSession, report_id: str) -> tuple[Duplicate, ...]:
    """Return the reports folded under one, the first received first."""
    folded = await find_folded(session, report_id)
    if not folded:
        return ()
    evidence = await read_evidence(session, [one.id for one in folded])
    return tuple(
        Duplicate(
            one.id,
            ReportStatus(one.status),
            one.received_at,
            one.description,
            Language(one.language),
            one.contact_sealed is not None,
            one.entered_by,
            evidence[one.id],
        )
        for one in folded
    )


async def read_evidence(
    session: AsyncSession, report_ids: Collection[str]
) -> Mapping[str, tuple[Evidence, ...]]:
    """Return report id -> its evidence, with the chain of custody, in the order it came."""
    rows = await find_evidence_of(session, report_ids)
    custody: dict[str, list[CustodyEntry]] = {row.id: [] for row in rows}
    for one in await find_custody(session, list(custody)) if custody else ():
        entry = CustodyEntry(one.at, one.actor, CustodyKind(one.kind), one.text)
        custody[one.evidence_id].append(entry)
    found: dict[str, list[Evidence]] = {report_id: [] for report_id in report_ids}
    for row in rows:
        found[row.report_id].append(
            Evidence(
                row.id,
                row.media_type,
                row.original_sha256,
                row.original_bytes,
                tuple(custody[row.id]),
            )
        )
    return {report_id: tuple(evidence) for report_id, evidence in found.items()}
