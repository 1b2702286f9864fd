"""What the fraud team watches for; an entry is never deleted, so who did what stays on record."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CheckConstraint, Index, and_, bindparam, literal, or_, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.advisory_locks import take_lock
from db.base import Table, one_of
from db.indicators import ReportIndicator
from db.visit_tokens import VisitToken
from domain.errors import NotFoundError
from domain.watchlist import WatchKind


class WatchlistEntry(Table, table=True):
    """A value to watch for, why, and until when.

    `registry_match` names what of our own it is: a kind and an id, as `badge B-1001`. Such an entry
    `is_effective` only once a second person approved it; a removed one never is.
    """

    __tablename__ = "watchlist_entry"
    __table_args__ = (
        CheckConstraint(one_of("kind", WatchKind), "kind"),
        Index(None, "kind", "value"),
        Index(None, "added_at", "id"),
    )

    id: str = Field(primary_key=True, max_length=32)
    kind: str = Field(max_length=16)
    value: str = Field(max_length=200)
    shown: str = Field(max_length=2048)
    note: str = Field(max_length=4096)
    expires_at: datetime
    registry_match: str | None = Field(default=None, index=True, max_length=200)
    is_effective: bool
    added_by: str = Field(max_length=200)
    added_at: datetime
    approved_by: str | None = Field(default=None, max_length=200)
    approved_at: datetime | None = None
    removed_by: str | None = Field(default=None, max_length=200)
    removed_at: datetime | None = None


async def find_entry(session: AsyncSession, entry_id: str) -> WatchlistEntry:
    """Return an entry as it is now, locked for the transaction; raises NotFoundError."""
    await session.flush()
    found = await session.get(
        WatchlistEntry, entry_id, with_for_update=True, populate_existing=True
    )
    if found is None:
        message = f"no watchlist entry {entry_id}"
        raise NotFoundError(message)
    return found


async def find_entries(session: AsyncSession, ids: Collection[str]) -> Sequence[WatchlistEntry]:
    """Return the entries of these ids that there are, whatever became of them."""
    query = select(WatchlistEntry).where(col(WatchlistEntry.id).in_(ids))
    return (await session.exec(query)).all()


async def lock_value(session: AsyncSession, kind: str, value: str) -> None:
    """Let nobody else look whether a value is watched until this transaction ends."""
    await take_lock(session, hashlib.sha256(f"watchlist {kind} {value}".encode()).digest())


async def lock_registry(session: AsyncSession) -> None:
    """Let nobody else add an entry, or somebody to the registry, until this transaction ends.

    Whoever does the one looks for the other afterwards, so that one of them sees both.
    """
    await take_lock(session, hashlib.sha256(b"watchlist and registry").digest())


async def find_standing(
    session: AsyncSession, kind: str, value: str, now: datetime
) -> Sequence[WatchlistEntry]:
    """Return the entries of a value that are neither removed nor expired."""
    query = select(WatchlistEntry).where(
        WatchlistEntry.kind == kind,
        WatchlistEntry.value == value,
        col(WatchlistEntry.removed_at).is_(None),
        WatchlistEntry.expires_at > now,
    )
    return (await session.exec(query)).all()


class Match(NamedTuple):
    """An entry, and what of our own it is about: a kind and an id."""

    entry_id: str
    registry_match: str


async def find_unmatched(session: AsyncSession, now: datetime) -> Sequence[tuple[str, str, str]]:
    """Return the id, kind and value of standing entries that are about nothing of our own."""
    query = select(WatchlistEntry.id, WatchlistEntry.kind, WatchlistEntry.value).where(
        col(WatchlistEntry.registry_match).is_(None),
        col(WatchlistEntry.removed_at).is_(None),
        WatchlistEntry.expires_at > now,
    )
    return (await session.exec(query)).all()


async def mark_matched(connection: AsyncConnection, matches: Sequence[Match]) -> None:
    """Let entries that turn out to be about one of our own wait for a second person."""
    statement = (
        update(WatchlistEntry)
        .where(
            col(WatchlistEntry.id) == bindparam("entry_id"),
            col(WatchlistEntry.registry_match).is_(None),
        )
        .values(registry_match=bindparam("match"), is_effective=False)
    )
    await connection.execute(
        statement, [{"entry_id": one.entry_id, "match": one.registry_match} for one in matches]
    )


async def list_entries(
    session: AsyncSession, after: tuple[datetime, str] | None, limit: int
) -> Sequence[WatchlistEntry]:
    """Return entries, the last added first, after the last (added_at, id) seen."""
    place = (col(WatchlistEntry.added_at), col(WatchlistEntry.id))
    query = select(WatchlistEntry)
    if after is not None:
        query = query.where(tuple_(*place) < after)
    return (await session.exec(query.order_by(*(one.desc() for one in place)).limit(limit))).all()


async def find_watched(
    session: AsyncSession, values: Sequence[tuple[str, str]], now: datetime
) -> Sequence[WatchlistEntry]:
    """Return the entries in effect of these (kind, value) pairs, in the order of their ids."""
    pairs = (
        and_(col(WatchlistEntry.kind) == kind, col(WatchlistEntry.value) == value)
        for kind, value in values
    )
    query = select(WatchlistEntry).where(
        or_(*pairs), col(WatchlistEntry.is_effective), WatchlistEntry.expires_at > now
    )
    return (await session.exec(query.order_by(WatchlistEntry.id))).all()


async def find_watched_report(
    session: AsyncSession, report_id: str, now: datetime
) -> Sequence[WatchlistEntry]:
    """Return the entries in effect that a report's indicators meet, in the order of their ids."""
    told = and_(
        col(ReportIndicator.kind) == WatchlistEntry.kind,
        col(ReportIndicator.value) == WatchlistEntry.value,
    )
    query = (
        select(WatchlistEntry)
        .join(ReportIndicator, told)
        .where(
            ReportIndicator.report_id == report_id,
            col(WatchlistEntry.is_effective),
            WatchlistEntry.expires_at > now,
        )
    )
    return (await session.exec(query.order_by(WatchlistEntry.id))).all()


async def find_watched_scan(
    session: AsyncSession, ref: bytes, badge_number: str | None, now: datetime
) -> Sequence[WatchlistEntry]:
    """Return the entries in effect about the phone of a reference, or about a badge of ours."""
    device = select(literal("device ").concat(VisitToken.device_id)).where(VisitToken.ref == ref)
    query = select(WatchlistEntry).where(
        or_(
            col(WatchlistEntry.registry_match).in_(device),
            col(WatchlistEntry.registry_match) == f"badge {badge_number}",
        ),
        col(WatchlistEntry.is_effective),
        WatchlistEntry.expires_at > now,
    )
    return (await session.exec(query.order_by(WatchlistEntry.id))).all()
