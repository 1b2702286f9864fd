"""Webhooks: who is told what, and the outbox through which it goes.

A message is committed with what it tells of, or not at all; `webhook_deliveries` brings it out.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from db.units_of_work import reading, writing
from db.webhooks import (
    DeliveryRow,
    Webhook,
    WebhookDelivery,
    count_deliveries,
    find_problem,
    find_webhooks,
    revive,
)
from domain.callers import Caller
from domain.clock import Clock
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.randomness import Randomness
from domain.refusals import Refused
from domain.webhooks import DeliveryState, WebhookEvent
from service import webhook_signatures
from service.runtime import Runtime
from verifiers import jose_gate

SUBSCRIBABLE: Final = tuple(one for one in WebhookEvent if one is not WebhookEvent.TEST)
KEPT: Final = timedelta(days=30)
"""How long messages stay; the ids by which receivers know repetitions need no longer."""
_MOST: Final = 20
Data = Mapping[str, str | int | Sequence[str] | None]
"""What a message says: ids, states and counts, nothing that names or reaches anybody."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver, and how many messages wait for it, reached it lately, or were given up.

    `problem` is why the newest message that has not arrived failed.
    """

    id: str
    url: str
    events: tuple[WebhookEvent, ...]
    created_at: datetime
    created_by: str
    pending: int
    delivered: int
    dead: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class NewReceiver:
    """A receiver's id and the secret, which is told once."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Teller:
    """What of a runtime a message needs, for who has no other."""

    clock: Clock
    randomness: Randomness


async def enqueue(
    session: AsyncSession, runtime: Runtime | Teller, event: WebhookEvent, data: Data
) -> None:
    """Put a message for every receiver of an event into the caller's own transaction."""
    receivers = await find_receivers(session, event)
    session.add_all(WebhookDelivery(**one) for one in draft(runtime, receivers, event, data))


async def find_receivers(session: AsyncSession, event: WebhookEvent) -> list[str]:
    """Return the ids of those who want to hear of an event."""
    return [one.id for one in await find_webhooks(session) if event in one.events]


def draft(
    runtime: Runtime | Teller, receivers: Sequence[str], event: WebhookEvent, data: Data
) -> list[DeliveryRow]:
    """Return a message for each receiver, for who commits rows without a session."""
    return [_message(runtime, one, event, data) for one in receivers]


async def add(
    runtime: Runtime, caller: Caller, url: str, events: Sequence[WebhookEvent]
) -> NewReceiver:
    """Add a receiver and return its secret.

    Raises InvalidError for a URL that the settings do not allow, and ConflictError for one too
    many.
    """
    judged = runtime.outbound.policy.judge_url(url)
    if isinstance(judged, Refused):
        message = f"this URL is refused: {judged.reason}; hosts are named in MENSHEN_WEBHOOK_HOSTS"
        raise InvalidError(message)
    secret = webhook_signatures.make_secret(runtime.randomness)
    webhook_id = f"wh_{jose_gate.encode(runtime.randomness(12))}"
    row = Webhook(
        id=webhook_id,
        url=url,
        events=sorted(set(events)),
        secret_sealed=runtime.seal.seal(secret.encode(), secret_context(webhook_id)),
        created_at=runtime.clock(),
        created_by=caller.subject,
    )
    async with writing(runtime.engine) as session:
        if len(await find_webhooks(session)) >= _MOST:
            message = f"at most {_MOST} webhooks"
            raise ConflictError(message)
        session.add(row)
        await session.commit()
    return NewReceiver(webhook_id, secret)


async def list_receivers(runtime: Runtime) -> list[Receiver]:
    """Return every receiver that was not removed."""
    async with reading(runtime.engine) as session:
        rows, counts = await find_webhooks(session), await count_deliveries(session)
        problems = {one.id: await find_problem(session, one.id) for one in rows}
    return [
        Receiver(
            id=one.id,
            url=one.url,
            events=tuple(map(WebhookEvent, one.events)),
            created_at=one.created_at,
            created_by=one.created_by,
            pending=counts.get((one.id, DeliveryState.PENDING), 0),
            delivered=counts.get((one.id, DeliveryState.DELIVERED), 0),
            dead=counts.get((one.id, DeliveryState.DEAD), 0),
            problem=problems[one.id],
        )
        for one in rows
    ]


async def last_problem(runtime: Runtime, webhook_id: str) -> str | None:
    """Return why a receiver's newest message that has not arrived failed; None when none did."""
    async with reading(runtime.engine) as session:
        return await find_problem(session, webhook_id)


async def remove(runtime: Runtime, caller: Caller, webhook_id: str) -> None:
    """Send a receiver nothing more; who removed it stays on record. Raises NotFoundError."""
    async with writing(runtime.engine) as session:
        row = await _find(session, webhook_id)
        row.removed_at, row.removed_by = runtime.clock(), caller.subject
        await session.commit()


async def send_test(runtime: Runtime, webhook_id: str) -> None:
    """Put a message into the outbox that says nothing; raises NotFoundError."""
    async with writing(runtime.engine) as session:
        row = await _find(session, webhook_id)
        session.add(WebhookDelivery(**_message(runtime, row.id, WebhookEvent.TEST, {})))
        await session.commit()


async def redeliver(runtime: Runtime, webhook_id: str, delivery_id: str | None = None) -> int:
    """Make a receiver's dead messages, or one message of any state, due again; return how many.

    Raises NotFoundError.
    """
    async with writing(runtime.engine) as session:
        row = await _find(session, webhook_id)
        revived = await revive(session, runtime.clock(), row.id, delivery_id)
        await session.commit()
    return revived


def secret_context(webhook_id: str) -> str:
    """Return the context that a receiver's secret is sealed in."""
    return f"webhook.secret {webhook_id}"


async def _find(session: AsyncSession, webhook_id: str) -> Webhook:
    found = await session.get(Webhook, webhook_id)
    if found is None or found.removed_at is not None:
        message = f"no webhook {webhook_id}"
        raise NotFoundError(message)
    return found


def _message(
    runtime: Runtime | Teller, webhook_id: str, event: WebhookEvent, data: Data
) -> DeliveryRow:
    now = runtime.clock()
    at = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    payload = {"type": event, "timestamp": at, "data": dict(data)}
    return DeliveryRow(
        id=f"msg_{jose_gate.encode(runtime.randomness(12))}",
        webhook_id=webhook_id,
        event=event,
        payload=json.dumps(payload, ensure_ascii=False, separators=(",", ":")),
        created_at=now,
        state=DeliveryState.PENDING,
        attempts=0,
        next_attempt_at=now,
    )
