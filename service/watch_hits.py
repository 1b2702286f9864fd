"""Meeting what is watched for: by a check, a look-up or a report, the team hears of it at once."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from db.indicators import ReportIndicator
from db.sightings import SightingRow
from db.units_of_work import reading
from db.verifications import SightingMessage
from db.watchlist import find_entries, find_watched, find_watched_report, find_watched_scan
from domain.indicators import IndicatorKind
from domain.sightings import SightingKind
from domain.watchlist import WatchKind
from domain.webhooks import WebhookEvent
from service import webhooks
from service.events import TEAM, TeamNews
from service.recorders import Odd
from service.runtime import Runtime
from service.sightings import Oddity
from verifiers.indicators import value_of

HitSource = Literal["check", "look_up", "report"]
"""What met a watched value."""
_ID_PART: Final = 13  # with a receiver's 19 characters, the 32 that a message's id may have


@dataclass(frozen=True, slots=True)
class WatchedValue:
    """What an entry watches for, as it was written there."""

    entry_id: str
    kind: WatchKind
    value: str


async def find_reported(
    session: AsyncSession, runtime: Runtime, kinds: Sequence[IndicatorKind], text: str
) -> tuple[Oddity, ...]:
    """Return the hits of what somebody typed, in its kinds; never of what is one of our own.

    What says nothing of a kind is looked up, too: every guess costs the same statement.
    """
    values = [(kind.value, value_of(kind, text, runtime.country) or "") for kind in kinds]
    found = await find_watched(session, values, runtime.clock())
    return tuple(
        Oddity(SightingKind.WATCHLIST_HIT, entry_id=one.id)
        for one in found
        if one.registry_match is None
    )


async def find_reviewed(
    runtime: Runtime, ref: bytes, badge_number: str | None
) -> tuple[Oddity, ...]:
    """Return the hits of a proven code: its phone, or its bearer's badge."""
    async with reading(runtime.engine) as session:
        found = await find_watched_scan(session, ref, badge_number, runtime.clock())
    kind = SightingKind.WATCHLIST_HIT
    return tuple(Oddity(kind, badge_number, entry_id=one.id) for one in found)


async def find_in_report(
    session: AsyncSession, indicators: Sequence[ReportIndicator], now: datetime
) -> list[str]:
    """Return the ids of the entries that a report's indicators meet."""
    values = [(one.kind, one.value) for one in indicators]
    return [one.id for one in await find_watched(session, values, now)] if values else []


def with_messages(
    runtime: Runtime, sightings: Sequence[SightingRow], source: HitSource
) -> list[Odd]:
    """Return a check's sightings with what other systems hear of those that are hits.

    They are recorded together, so that the same client's hit of the same entry, which is one
    sighting an hour, is one message an hour.
    """
    return [Odd(one, list(_messages(runtime, one, source))) for one in sightings]


def _messages(
    runtime: Runtime, sighting: SightingRow, source: HitSource
) -> Iterator[SightingMessage]:
    if sighting["entry_id"] is None:
        return
    event, sighting_id = WebhookEvent.WATCHLIST_HIT, sighting["id"]
    hit = {"entry_id": sighting["entry_id"], "source": source, "sighting_id": sighting_id}
    (row,) = webhooks.draft(runtime, [""], event, hit)
    row["id"] = row["id"][:_ID_PART]  # the receiver's own id makes the rest
    yield SightingMessage(**row, sighting_id=sighting_id, wanted=f'"{event}"')


async def name_entries(runtime: Runtime, ids: Collection[str]) -> dict[str, WatchedValue]:
    """Return id -> what these entries watch for, or did when they were met."""
    async with reading(runtime.engine) as session:
        found = await find_entries(session, ids)
    return {one.id: WatchedValue(one.id, WatchKind(one.kind), one.shown) for one in found}


async def watched_in(runtime: Runtime, report_id: str) -> tuple[WatchedValue, ...]:
    """Return what of a report is on the watchlist now."""
    async with reading(runtime.engine) as session:
        found = await find_watched_report(session, report_id, runtime.clock())
    return tuple(WatchedValue(one.id, WatchKind(one.kind), one.shown) for one in found)


def tell_team(
    runtime: Runtime,
    at: datetime,
    entry_id: str,
    source: HitSource,
    report_id: str | None = None,
) -> None:
    """Alert the team that a watched value was met, and in which report, if in one."""
    news = TeamNews("watchlist_hit", at, report_id=report_id, entry_id=entry_id, source=source)
    runtime.news.publish(TEAM, news)
