"""Reports of suspicious visitors, their evidence, and everything that was done with them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, Column, Index, func, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table, one_of
from domain.errors import NotFoundError
from domain.reports import ReportEventKind, ReportKind, ReportStatus, Severity
from domain.states import Language
from domain.statistics import LinkVerdict

_FILTERED = (
    "status",
    "severity",
    "kind",
    "phone_folded",
    "badge_number_folded",
    "assignee",
    "closing",
    "map_cell",
)
_FOLDED: Final = text("duplicate_of IS NOT NULL")


class Report(Table, table=True):
    """What somebody told us about a visitor; contact and place are sealed (AES-GCM).

    The tracking code is found by its keyed hash. `_folded` columns and `search_text` hold what was
    claimed as it compares. `updated_at` is the last change that the reporter may see; latitude and
    longitude are degrees (WGS 84); `area`, `map_cell` and `cell` are the grid's cells that they lie
    in, from coarse to fine (`verifiers/cells.py`). `received_on` is the day of receipt in the
    service's time zone: by that and other columns reports are counted (db/report_counts.py).

    `due_at` is when it has to be closed, none once it is; `closing` is the end that one analyst
    asked for and a second may approve. A duplicate is folded under the report that came first.

    `looked_after` and `closed_after` are the minutes from receipt to the first act of a colleague
    and to the end, rounded up to a step (`verifiers/durations.py`); `link_verdict` is what people
    made of its automatic link.
    """

    __table_args__ = (
        CheckConstraint(one_of("status", ReportStatus), "status"),
        CheckConstraint(one_of("severity", Severity), "severity"),
        CheckConstraint(one_of("kind", ReportKind), "kind"),
        CheckConstraint(one_of("language", Language), "language"),
        # Each filter is read in the order of the list, so a page is a few rows of one index.
        Index(None, "received_at", "id"),
        *(Index(None, column, "received_at", "id") for column in _FILTERED),
        *(
            Index(None, column, "received_at", "id", "latitude", "longitude")
            for column in ("cell", "area")
        ),
        # Of the few that are folded only: an embedded database knows no shares, and would look all
        # the others up here as if they were few, and sort them, for each page of the queue.
        Index(None, "duplicate_of", sqlite_where=_FOLDED, postgresql_where=_FOLDED),
        Index(
            "ix_report_held_verification_id",
            "verification_id",
            sqlite_where=text("is_held = 1"),
            postgresql_where=text("is_held"),
        ),
        CheckConstraint(f"{one_of('closing', ReportStatus)} OR closing IS NULL", "closing"),
        CheckConstraint(
            f"{one_of('link_verdict', LinkVerdict)} OR link_verdict IS NULL", "link_verdict"
        ),
        Index(None, "due_at", "id"),
        Index(None, "assignee", "due_at", "id"),
        Index(None, "facts_hash", "occurred_at"),
    )

    id: str = Field(primary_key=True, max_length=32)
    tracking_hash: bytes = Field(unique=True)
    status: str = Field(max_length=16)
    severity: str = Field(max_length=16)
    kind: str = Field(max_length=16)
    received_at: datetime
    received_on: date
    updated_at: datetime
    occurred_at: datetime
    description: str = Field(max_length=4096)
    asked_for: list[str] = Field(sa_column=Column(JSON, nullable=False))
    claimed_name: str | None = Field(default=None, max_length=200)
    badge_number: str | None = Field(default=None, max_length=64)
    badge_number_folded: str | None = Field(default=None, max_length=256)
    agency: str | None = Field(default=None, max_length=200)
    phone: str | None = Field(default=None, max_length=64)
    phone_folded: str | None = Field(default=None, max_length=64)
    plate: str | None = Field(default=None, max_length=64)
    organisation: str | None = Field(default=None, max_length=200)
    payee: str | None = Field(default=None, max_length=200)
    url: str | None = Field(default=None, max_length=2048)
    search_text: str
    place_sealed: bytes | None = None
    latitude: float | None = None
    longitude: float | None = None
    cell: str | None = Field(default=None, max_length=15)
    area: str | None = Field(default=None, max_length=15)
    map_cell: str | None = Field(default=None, max_length=15)
    contact_sealed: bytes | None = None
    verification_id: str | None = Field(default=None, max_length=32, index=True)
    evidence_count: int = 0
    language: str = Field(max_length=8)

    assignee: str | None = Field(default=None, max_length=200)
    due_at: datetime | None = None
    police_reference: str | None = Field(default=None, max_length=200)
    is_held: bool = False
    entered_by: str | None = Field(default=None, max_length=200)
    closing: str | None = Field(default=None, max_length=16)
    closing_by: str | None = Field(default=None, max_length=200)
    closing_at: datetime | None = None
    facts_hash: bytes | None = None
    duplicate_of: str | None = Field(default=None, foreign_key="report.id", max_length=32)
    duplicate_count: int = 0
    addition_count: int = 0
    looked_after: int | None = None
    closed_after: int | None = None
    link_verdict: str | None = Field(default=None, max_length=8)


class ReportEvidence(Table, table=True):
    """An image that came with a report: a sealed file of the data folder, named by its SHA-256.

    `sha256` is that of the sealed copy which people look at; `original_file` names the sealed file
    of what was sent, whose own digest at upload is `original_sha256`.
    """

    __tablename__ = "report_evidence"

    id: str = Field(primary_key=True, max_length=32)
    report_id: str = Field(foreign_key="report.id", index=True, max_length=32)
    position: int
    sha256: str = Field(unique=True, max_length=64)
    media_type: str = Field(max_length=40)
    original_file: str | None = Field(default=None, unique=True, max_length=64)
    original_sha256: str | None = Field(default=None, max_length=64)
    original_bytes: int | None = None


class ReportEvent(Table, table=True):
    """One thing that was done with a report, by whom; nothing here is ever changed."""

    __tablename__ = "report_event"
    __table_args__ = (
        CheckConstraint(one_of("kind", ReportEventKind), "kind"),
        Index(None, "report_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    report_id: str = Field(foreign_key="report.id", max_length=32)
    at: datetime
    actor: str = Field(max_length=200)
    kind: str = Field(max_length=20)
    text: str = Field(max_length=4096)


async def find_report(session: AsyncSession, report_id: str, *, locked: bool = False) -> Report:
    """Return a report, locked for the transaction if wanted; raises NotFoundError.

    A locked one is as it is by then, whatever the session knew of it before.
    """
    # No key is ever changed, so rows that refer to this one need not wait (FOR NO KEY UPDATE).
    found = await (
        _lock(session, report_id, key_share=True) if locked else session.get(Report, report_id)
    )
    if found is None:
        message = f"no report {report_id}"
        raise NotFoundError(message)
    return found


def family_order() -> tuple[Any, ...]:
    """Return the order in which everybody locks reports."""
    first = func.coalesce(col(Report.duplicate_of), col(Report.id))
    return first, col(Report.duplicate_of).is_not(None), col(Report.id)


async def lock_reports(session: AsyncSession, ids: Collection[str]) -> Sequence[Report]:
    """Lock those of these reports that there are for the transaction, in one order.

    Family by family, as `db.duplicates.lock_family` does: the first one first, then its duplicates.
    """
    query = select(Report).where(col(Report.id).in_(ids)).order_by(*family_order())
    locked = query.with_for_update(key_share=True)
    return (await session.exec(locked.execution_options(populate_existing=True))).all()


async def find_free_report(session: AsyncSession, report_id: str) -> Report | None:
    """Return a report locked for the transaction, or None if it is another's now, or is gone."""
    return await _lock(session, report_id, key_share=True, skip_locked=True)


async def _lock(session: AsyncSession, report_id: str, **lock: bool) -> Report | None:
    await session.flush()  # what is read anew would undo what is still to be written
    return await session.get(Report, report_id, with_for_update=lock, populate_existing=True)


async def find_reports_of(session: AsyncSession, ids: Collection[str]) -> Mapping[str, Report]:
    """Return id -> report of those that there are."""
    found = (await session.exec(select(Report).where(col(Report.id).in_(ids)))).all()
    return {one.id: one for one in found}


async def find_tracked(session: AsyncSession, tracking_hash: bytes) -> Report | None:
    """Return the report of a tracking code's keyed hash, or None."""
    query = select(Report).where(Report.tracking_hash == tracking_hash)
    return (await session.exec(query)).one_or_none()


async def find_report_events(
    session: AsyncSession, report_id: str, kind: ReportEventKind | None = None
) -> Sequence[ReportEvent]:
    """Return what was done with a report, first things first."""
    query = select(ReportEvent).where(ReportEvent.report_id == report_id)
    if kind is not None:
        query = query.where(ReportEvent.kind == kind)
    return (await session.exec(query.order_by(col(ReportEvent.id)))).all()


async def find_stored_evidence(session: AsyncSession, names: Collection[str]) -> Sequence[str]:
    """Return those of these files that some report's evidence is."""
    query = select(ReportEvidence.sha256).where(col(ReportEvidence.sha256).in_(names))
    return (await session.exec(query)).all()


async def count_reports(engine: AsyncEngine) -> int:
    """Return how many reports there are."""
    async with engine.connect() as connection:
        return (await connection.execute(select(func.count()).select_from(Report))).scalar_one()


async def list_reports_after(session: AsyncSession, last: str, limit: int) -> Sequence[Report]:
    """Return reports in the order of their ids, after one, locked for the transaction."""
    query = select(Report.id).where(Report.id > last).order_by(Report.id).limit(limit)
    found = await lock_reports(session, (await session.exec(query)).all())
    return sorted(found, key=lambda one: one.id)
