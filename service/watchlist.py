"""The watchlist: what the fraud team wants to meet again, why, and until when.

An entry warns and alerts; it never changes the status of anybody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from db.units_of_work import reading, writing
from db.watchlist import (
    WatchlistEntry,
    find_entry,
    find_standing,
    list_entries,
    lock_registry,
    lock_value,
)
from domain.callers import Caller
from domain.errors import AlreadyExistsError, ConflictError, ForbiddenError, InvalidError
from domain.watchlist import WatchKind, WatchState
from service.cursors import read_cursor, write_cursor
from service.runtime import Runtime
from service.watchlist_matches import find_match, value_to_watch
from verifiers import jose_gate

LONGEST: Final = timedelta(days=366)
"""What nobody looks at again within a year is no reason to warn people."""


@dataclass(frozen=True, slots=True)
class WatchDraft:
    """What to watch for; `note` is the reason."""

    kind: WatchKind
    value: str
    note: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WatchEntry:
    """An entry, and everybody who had a hand in it.

    `value` is as it was typed. `needs_approval` tells that it is one of our own, so that it has no
    effect before a second person agrees.
    """

    id: str
    kind: WatchKind
    value: str
    note: str
    expires_at: datetime
    state: WatchState
    needs_approval: bool
    added_by: str
    added_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    removed_by: str | None
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class WatchPage:
    """Some of the watchlist, the last added first, and where to go on."""

    items: list[WatchEntry]
    next_cursor: str | None


async def list_watchlist(runtime: Runtime, limit: int = 50, cursor: str | None = None) -> WatchPage:
    """Return a page of all entries, also past ones; raises InvalidError for a strange cursor."""
    after = None if cursor is None else read_cursor(cursor)
    async with reading(runtime.engine) as session:
        found = await list_entries(session, after, limit + 1)
    now = runtime.clock()
    items = [_view(one, now) for one in found[:limit]]
    if len(found) <= limit:
        return WatchPage(items, None)
    return WatchPage(items, write_cursor(found[limit - 1].added_at, found[limit - 1].id))


async def add(runtime: Runtime, caller: Caller, draft: WatchDraft) -> WatchEntry:
    """Watch for a value from now on; one of our own waits for a second person.

    Raises InvalidError, and AlreadyExistsError for what is watched or waiting already.
    """
    now = runtime.clock()
    if not now < draft.expires_at <= now + LONGEST:
        message = f"expires_at must lie ahead, at most {LONGEST.days} days"
        raise InvalidError(message)
    value = value_to_watch(runtime, draft.kind, draft.value)
    async with reading(runtime.engine) as session:
        match = await find_match(session, runtime, draft.kind, value)
    entry = WatchlistEntry(
        id=f"wl_{jose_gate.encode(runtime.randomness(12))}",
        kind=draft.kind,
        value=value,
        shown=draft.value,
        note=draft.note,
        expires_at=draft.expires_at,
        registry_match=match,
        is_effective=match is None,
        added_by=caller.subject,
        added_at=now,
    )
    async with writing(runtime.engine) as session:
        await lock_registry(session)
        await lock_value(session, draft.kind, value)
        if await find_standing(session, draft.kind, value, now):
            message = "this is on the watchlist already"
            raise AlreadyExistsError(message)
        session.add(entry)
        await session.commit()
    if match is None:
        entry = await _look_again(runtime, entry)
    return _view(entry, now)


async def approve(runtime: Runtime, caller: Caller, entry_id: str) -> WatchEntry:
    """Let an entry about one of our own take effect.

    Raises NotFoundError, ForbiddenError for whoever added it, and ConflictError when there is
    nothing to approve.
    """
    now = runtime.clock()
    async with writing(runtime.engine) as session:
        entry = await find_entry(session, entry_id)
        if entry.added_by == caller.subject:
            message = "somebody else has to approve your entry"
            raise ForbiddenError(message)
        await _approve(session, runtime, entry, now)
        entry.approved_by, entry.approved_at = caller.subject, now
        await session.commit()
    return _view(entry, now)


async def remove(runtime: Runtime, caller: Caller, entry_id: str) -> WatchEntry:
    """End an entry at once; it stays on record. Raises NotFoundError and ConflictError."""
    now = runtime.clock()
    async with writing(runtime.engine) as session:
        entry = await find_entry(session, entry_id)
        _end(entry, caller, now)
        await session.commit()
    return _view(entry, now)


async def remove_value(runtime: Runtime, caller: Caller, kind: WatchKind, value: str) -> None:
    """End the standing entry of a value, as it was typed or otherwise.

    Raises InvalidError for what is no value of its kind, and ConflictError when none stands.
    """
    now = runtime.clock()
    async with writing(runtime.engine) as session:
        standing = await find_standing(session, kind, value_to_watch(runtime, kind, value), now)
        if not standing:
            message = "this is not on the watchlist"
            raise ConflictError(message)
        for entry in standing:
            _end(entry, caller, now)
        await session.commit()


async def _look_again(runtime: Runtime, entry: WatchlistEntry) -> WatchlistEntry:
    """Let a new entry wait if what it is about was registered since the look for that.

    Looking takes long with many staff, too long for a lock. Who registers from now on sees it.
    """
    async with reading(runtime.engine) as session:
        match = await find_match(session, runtime, WatchKind(entry.kind), entry.value)
    if match is None:
        return entry
    async with writing(runtime.engine) as session:
        found = await find_entry(session, entry.id)
        if found.registry_match is None:
            found.registry_match, found.is_effective = match, False
            await session.commit()
    return found


async def _approve(
    session: AsyncSession, runtime: Runtime, entry: WatchlistEntry, now: datetime
) -> None:
    # The registry may have changed since: what the second person agrees to is what is true now.
    match = await find_match(session, runtime, WatchKind(entry.kind), entry.value)
    if _state(entry, now) in {WatchState.EXPIRED, WatchState.REMOVED} or match is None:
        message = "this entry needs no approval"
        raise ConflictError(message)
    if entry.approved_by is not None and entry.registry_match == match:
        message = "this entry is approved already"
        raise ConflictError(message)
    entry.registry_match, entry.is_effective = match, True


def _end(entry: WatchlistEntry, caller: Caller, now: datetime) -> None:
    if entry.removed_at is not None:
        message = "this entry is removed already"
        raise ConflictError(message)
    entry.removed_by, entry.removed_at, entry.is_effective = caller.subject, now, False


def _state(entry: WatchlistEntry, now: datetime) -> WatchState:
    if entry.removed_at is not None:
        return WatchState.REMOVED
    if entry.expires_at <= now:
        return WatchState.EXPIRED
    return WatchState.ACTIVE if entry.is_effective else WatchState.AWAITING_APPROVAL


def _view(entry: WatchlistEntry, now: datetime) -> WatchEntry:
    return WatchEntry(
        id=entry.id,
        kind=WatchKind(entry.kind),
        value=entry.shown,
        note=entry.note,
        expires_at=entry.expires_at,
        state=_state(entry, now),
        needs_approval=entry.registry_match is not None,
        added_by=entry.added_by,
        added_at=entry.added_at,
        approved_by=entry.approved_by,
        approved_at=entry.approved_at,
        removed_by=entry.removed_by,
        removed_at=entry.removed_at,
    )
