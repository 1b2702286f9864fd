"""What is kept for how long: each kind of data has one line here, and goes when its time is up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from db.removals import remove_due
from db.retention import Aged, clear_due, count_due
from service import analysts, idempotency, receipts, report_retention, webhooks
from service.settings import Settings

# Other writers of the embedded database get their turn: it lets nobody queue.
_PAUSE_SECONDS: Final = 0.02
_MARGIN: Final = timedelta(minutes=45)
"""A browser's answers stay a little longer than it can ask for them."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of data: which rows, and how old they may become under given settings."""

    name: str
    rows: Aged
    kept_for: Callable[[Settings], timedelta]
    sweep: Callable[[AsyncEngine, Settings, datetime], AsyncIterator[int]] | None = None
    """How they go when their rows alone are not all that goes."""
    count: Callable[[AsyncEngine, datetime], Awaitable[int]] | None = None
    """How they are counted when others than their age says stay or go."""


def _with_all_of_theirs(engine: AsyncEngine, _: Settings, before: datetime) -> AsyncIterator[int]:
    """Visits go with their notices, teams and tokens."""
    return remove_due(engine, _VISITS, before)


_VISITS: Final = Aged("visit", "ends_at", of_check=("id", "visit_id"))
KINDS: Final = (
    Kind(
        "verifications",
        Aged("verification", "checked_at", of_check=("id", "id")),
        lambda settings: settings.retain_verifications,
    ),
    Kind(
        "client addresses (keyed hash)",
        Aged("verification", "checked_at", blanked="client_hash"),
        lambda settings: settings.retain_addresses,
    ),
    Kind(
        "answers kept for a browser",
        Aged("verification", "checked_at", blanked="answer_sealed"),
        lambda _: receipts.LIFETIME + _MARGIN,
    ),
    Kind(
        "sightings",
        Aged("sighting", "at", of_check=("verification_id", "id")),
        lambda settings: settings.retain_sightings,
    ),
    Kind(
        "client addresses of sightings (keyed hash)",
        Aged("sighting", "at", blanked="client_hash"),
        lambda settings: settings.retain_addresses,
    ),
    Kind(
        "what a client was seen doing within an hour (keyed hash)",
        Aged("sighting", "at", blanked="once_hash"),
        lambda _: timedelta(hours=1),
    ),
    Kind(
        "visit tokens",
        Aged("visit_token", "expires_at"),
        lambda settings: settings.retain_tokens,
    ),
    Kind(
        "visits",
        _VISITS,
        lambda settings: settings.retain_visits,
        sweep=_with_all_of_theirs,
    ),
    Kind(
        "reports",
        Aged("report", "received_at"),
        lambda settings: settings.retain_reports,
        sweep=report_retention.sweep,
        count=report_retention.count,
    ),
    Kind(
        "when an analyst was last here",
        Aged("analyst", "seen_at"),
        lambda _: analysts.LATELY,
    ),
    Kind(
        "idempotency keys",
        Aged("idempotency_key", "stored_at"),
        lambda _: idempotency.KEPT,
    ),
    Kind(
        "enrolment codes",
        Aged("enrolment_code", "expires_at"),
        lambda _: timedelta(),
    ),
    Kind(
        "webhook messages",
        Aged("webhook_delivery", "created_at"),
        lambda _: webhooks.KEPT,
    ),
)
"""Every kind that expires; a further one needs only its line, and no new code."""


async def count(engine: AsyncEngine, settings: Settings, kind: Kind, now: datetime) -> int:
    """Return how many rows of a kind a run clears: what is deleted is not blanked, too."""
    before = now - kind.kept_for(settings)
    if kind.count is not None:
        return await kind.count(engine, before)
    gone = [
        (one.rows, now - one.kept_for(settings))
        for one in KINDS[: KINDS.index(kind)]
        if one.rows.table == kind.rows.table and one.rows.blanked is None
    ]
    return await count_due(engine, kind.rows, before, *gone)


async def clear(
    engine: AsyncEngine, settings: Settings, kind: Kind, now: datetime
) -> AsyncIterator[int]:
    """Clear what is due of a kind in short transactions; yields each one's number of rows."""
    before = now - kind.kept_for(settings)
    if kind.sweep is None:
        batches = clear_due(engine, kind.rows, before)
    else:
        batches = kind.sweep(engine, settings, before)
    async for rows in batches:
        yield rows
        await asyncio.sleep(_PAUSE_SECONDS)
