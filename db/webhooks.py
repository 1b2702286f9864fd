"""Receivers of webhooks, and the outbox: messages that were committed and are to be delivered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypedDict

from sqlalchemy import JSON, CheckConstraint, Column, Index
from sqlmodel import Field, col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table, one_of
from domain.webhooks import DeliveryState, WebhookEvent


class Webhook(Table, table=True):
    """A receiver. Its secret is sealed; a removed one stays on record and gets nothing more."""

    id: str = Field(primary_key=True, max_length=32)
    url: str = Field(max_length=2048)
    events: list[str] = Field(sa_column=Column(JSON, nullable=False))
    secret_sealed: bytes
    created_at: datetime
    created_by: str = Field(max_length=200)
    removed_at: datetime | None = None
    removed_by: str | None = Field(default=None, max_length=200)


class WebhookDelivery(Table, table=True):
    """A message to one receiver; `payload` is the very text that is signed and sent.

    Whoever tries it first moves `next_attempt_at` ahead: that is the claim, and it runs out by
    itself when the claimer dies.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint(one_of("event", WebhookEvent), "event"),
        CheckConstraint(one_of("state", DeliveryState), "state"),
        Index(None, "state", "next_attempt_at", "id"),
        Index(None, "webhook_id", "state", "next_attempt_at", "id"),
        Index(None, "created_at", "id"),
    )

    id: str = Field(primary_key=True, max_length=32)
    webhook_id: str = Field(foreign_key="webhook.id", max_length=32)
    event: str = Field(max_length=32)
    payload: str
    created_at: datetime
    state: str = Field(default=DeliveryState.PENDING, max_length=16)
    attempts: int = 0
    next_attempt_at: datetime
    delivered_at: datetime | None = None
    problem: str | None = Field(default=None, max_length=200)


class DeliveryRow(TypedDict):
    """A new message as it is inserted."""

    id: str
    webhook_id: str
    event: str
    payload: str
    created_at: datetime
    state: str
    attempts: int
    next_attempt_at: datetime


async def find_webhooks(session: AsyncSession) -> Sequence[Webhook]:
    """Return the receivers that were not removed, the oldest first."""
    query = select(Webhook).where(col(Webhook.removed_at).is_(None))
    return (await session.exec(query.order_by(col(Webhook.created_at), col(Webhook.id)))).all()


async def count_deliveries(session: AsyncSession) -> dict[tuple[str, DeliveryState], int]:
    """Return how many messages each receiver has in each state."""
    grouped = (col(WebhookDelivery.webhook_id), col(WebhookDelivery.state))
    query = select(*grouped, func.count()).group_by(*grouped)
    rows = (await session.exec(query)).all()
    return {(webhook_id, DeliveryState(state)): number for webhook_id, state, number in rows}


async def find_problem(session: AsyncSession, webhook_id: str) -> str | None:
    """Return why the newest message that has not arrived failed; None when none did."""
    query = (
        select(WebhookDelivery.problem)
        .where(
            WebhookDelivery.webhook_id == webhook_id,
            WebhookDelivery.state != DeliveryState.DELIVERED,
            col(WebhookDelivery.problem).is_not(None),
        )
        .order_by(col(WebhookDelivery.created_at).desc(), col(WebhookDelivery.id).desc())
    )
    return (await session.exec(query.limit(1))).first()


async def find_due_webhooks(session: AsyncSession, now: datetime) -> Sequence[str]:
    """Return the receivers for whom something is due."""
    query = select(WebhookDelivery.webhook_id).where(
        WebhookDelivery.state == DeliveryState.PENDING,
        col(WebhookDelivery.next_attempt_at) <= now,
    )
    return (await session.exec(query.distinct())).all()


async def claim_due(
    session: AsyncSession, webhook_id: str, now: datetime, lease: timedelta, limit: int
) -> Sequence[WebhookDelivery]:
    """Claim due messages for as long as the lease; nobody else gets them until it runs out.

    On PostgreSQL rows that another replica is claiming are skipped, on SQLite the write lock of
    the transaction keeps others out. The attempt is counted now: what kills the process counts.
    """
    due = (
        select(WebhookDelivery)
        .where(
            WebhookDelivery.webhook_id == webhook_id,
            WebhookDelivery.state == DeliveryState.PENDING,
            col(WebhookDelivery.next_attempt_at) <= now,
        )
        .order_by(col(WebhookDelivery.next_attempt_at), col(WebhookDelivery.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = (await session.exec(due)).all()
    for one in claimed:
        one.attempts += 1
        one.next_attempt_at = now + lease
    return claimed


async def settle(session: AsyncSession, claimed: WebhookDelivery, **outcome: object) -> None:
    """Write down how an attempt ended, unless a later one has begun meanwhile."""
    statement = update(WebhookDelivery).where(
        col(WebhookDelivery.id) == claimed.id,
        col(WebhookDelivery.state) == DeliveryState.PENDING,
        col(WebhookDelivery.attempts) == claimed.attempts,
    )
    await session.exec(statement.values(outcome))


async def revive(
    session: AsyncSession, now: datetime, webhook_id: str, delivery_id: str | None
) -> int:
    """Make dead messages of a receiver, or one message of it, due again; return how many."""
    statement = update(WebhookDelivery).where(
        col(WebhookDelivery.webhook_id) == webhook_id,
        col(WebhookDelivery.state) == DeliveryState.DEAD
        if delivery_id is None
        else col(WebhookDelivery.id) == delivery_id,
    )
    values = {"state": DeliveryState.PENDING, "attempts": 0, "next_attempt_at": now}
    return (await session.exec(statement.values(values))).rowcount
