"""Meeting what is watched for: by a check, a look-up or a report, the team hears of it at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from db.indicators import ReportIndicator
from db.sightings import SightingRow
from db.units_of_work import reading
from db.verifications import SightingMessage
from db.watchlist import find_watched, find_watched_scan
from domain.indicators import IndicatorKind
from domain.sightings import SightingKind
from domain.webhooks import WebhookEvent
from service import webhooks
from service.events import TEAM, TeamNews
from service.recorders import Odd
from service.runtime import Runtime
from service.sightings import Oddity
from verifiers.indicators import value_of

HitSource = Literal["check", "look_up", "report"]
"""What met a watched value."""


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


async def with_messages(
    runtime: Runtime, sightings: Sequence[SightingRow], source: HitSource
) -> list[Odd]:
    """Return a check's sightings with what other systems hear of those that are hits.

    They are recorded together, so that the same client's hit of the same entry, which is one
    sighting an hour, is one message an hour.
    """
    if all(one["entry_id"] is None for one in sightings):
        return [Odd(one) for one in sightings]
    event = WebhookEvent.WATCHLIST_HIT
    async with reading(runtime.engine) as session:
        receivers = await webhooks.find_receivers(session, event)
    odd = []
    for one in sightings:
        hit = {"entry_id": one["entry_id"], "source": source, "sighting_id": one["id"]}
        told = [] if one["entry_id"] is None else webhooks.draft(runtime, receivers, event, hit)
        odd.append(Odd(one, [SightingMessage(**each, sighting_id=one["id"]) for each in told]))
    return odd


def tell_team(runtime: Runtime, at: datetime, entry_id: str, source: HitSource) -> None:
    """Alert the team that a watched value was met."""
    runtime.news.publish(TEAM, TeamNews("watchlist_hit", at, entry_id=entry_id, source=source))
