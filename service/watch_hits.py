"""Meeting what is watched for: by a check, a look-up or a report, the team hears of it at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from db.indicators import ReportIndicator
from db.units_of_work import reading
from db.watchlist import find_watched, find_watched_scan
from domain.indicators import IndicatorKind
from domain.sightings import SightingKind
from service.events import TEAM, TeamNews
from service.runtime import Runtime
from service.sightings import Oddity
from verifiers.indicators import value_of


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


def tell_team(
    runtime: Runtime, at: datetime, entry_id: str, source: Literal["check", "look_up", "report"]
) -> None:
    """Alert the team that a watched value was met."""
    runtime.news.publish(TEAM, TeamNews("watchlist_hit", at, entry_id=entry_id, source=source))
