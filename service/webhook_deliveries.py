"""Messages on their way out: at least once, each receiver in its own time, again after failures.

A message is claimed by moving its next attempt ahead, committed, sent, and settled. A process that
dies in between leaves a claim that runs out, so a receiver may get a message twice, with the same
`webhook-id`; it never misses one.
"""

import asyncio
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db.units_of_work import reading, writing
from db.webhooks import Webhook, WebhookDelivery, claim_due, find_due_webhooks, settle
from domain.refusals import Refused
from domain.webhooks import MOST_ATTEMPTS, DeliveryState, pause_after
from service import webhook_signatures
from service.faults import describe
from service.outbound_requests import PATIENCE
from service.runtime import Runtime
from service.sealing import UnsealableError
from service.webhooks import secret_context

LEASE: Final = timedelta(seconds=6 * PATIENCE)
"""How long a claim holds: well longer than its request may take."""
_AT_ONCE: Final = 10  # requests to one receiver
_PAUSE_SECONDS: Final = 2.0  # between two looks for what is due
_GONE: Final = 410
_SUCCESS: Final = range(200, 300)
_CHANCES: Final = 2**32
_LOG: Final = structlog.get_logger()


async def deliver_due(runtime: Runtime) -> dict[DeliveryState, int]:
    """Deliver what is due now, once; return how the attempts ended."""
    async with reading(runtime.engine) as session:
        due = await find_due_webhooks(session, runtime.clock())
    ended = await asyncio.gather(*(deliver_to(runtime, one) for one in due))
    return {state: sum(one.count(state) for one in ended) for state in DeliveryState}


async def deliver_to(runtime: Runtime, webhook_id: str) -> list[DeliveryState]:
    """Deliver what is due to one receiver; return how each attempt ended."""
    ended: list[DeliveryState] = []
    while True:
        async with writing(runtime.engine) as session:
            claimed = await claim_due(session, webhook_id, runtime.clock(), LEASE, _AT_ONCE)
            webhook = await session.get(Webhook, webhook_id)
            await session.commit()
        if not claimed or webhook is None:
            return ended
        ended += await asyncio.gather(*(_attempt(runtime, webhook, one) for one in claimed))


async def _attempt(runtime: Runtime, webhook: Webhook, claimed: WebhookDelivery) -> DeliveryState:
    """Send one message and write down how that ended."""
    try:
        answer = await _send(runtime, webhook, claimed)
    except Exception as error:  # noqa: BLE001 - it counts as an attempt, and spoils no other
        _LOG.error("delivery_failed", webhook=webhook.id, **describe(error))
        answer = Refused("failed_here")
    now = runtime.clock()
    outcome: dict[str, object]
    if isinstance(answer, int) and answer in _SUCCESS:
        state = DeliveryState.DELIVERED
        outcome = {"delivered_at": now, "problem": None}
    else:
        # Who says that he is gone, or was removed, is not asked again.
        is_over = answer == _GONE or webhook.removed_at is not None
        is_over = is_over or claimed.attempts >= MOST_ATTEMPTS
        state = DeliveryState.DEAD if is_over else DeliveryState.PENDING
        chance = int.from_bytes(runtime.randomness(4)) / _CHANCES
        problem = answer.reason if isinstance(answer, Refused) else f"answered {answer}"
        again = now + pause_after(claimed.attempts, chance)
        outcome = {"next_attempt_at": again, "problem": problem}
        if is_over:
            _LOG.warning("webhook_dead", webhook=webhook.id, id=claimed.id, problem=problem)
        elif claimed.attempts == 1:  # later ones would say it again for a day
            _LOG.warning("webhook_failed", webhook=webhook.id, id=claimed.id, problem=problem)
    async with writing(runtime.engine) as session:
        await settle(session, claimed, state=state, **outcome)
        await session.commit()
    return state


async def _send(runtime: Runtime, webhook: Webhook, claimed: WebhookDelivery) -> int | Refused:
    if webhook.removed_at is not None:
        return Refused("removed")
    try:
        secret = runtime.seal.unseal(webhook.secret_sealed, secret_context(webhook.id)).decode()
    except UnsealableError:
        return Refused("secret_unreadable")
    sent_at = int(runtime.clock().timestamp())
    signed = webhook_signatures.sign(secret, claimed.id, sent_at, claimed.payload)
    headers = {**signed, "content-type": "application/json", "user-agent": "Menshen"}
    return await runtime.outbound.post(webhook.url, claimed.payload.encode(), headers)


async def deliver_forever(runtime: Runtime) -> None:
    """Deliver what is due; a slow receiver holds up no other. Ends by cancellation only."""
    under_way: dict[str, asyncio.Task[None]] = {}
    try:
        while True:
            await asyncio.sleep(_PAUSE_SECONDS)
            under_way = {one: task for one, task in under_way.items() if not task.done()}
            try:
                async with reading(runtime.engine) as session:
                    due = await find_due_webhooks(session, runtime.clock())
            except (SQLAlchemyError, OSError) as error:
                _LOG.warning("webhooks_wait", error=type(error).__name__)
                continue
            for one in due:
                if one not in under_way:
                    under_way[one] = asyncio.create_task(_deliver_or_log(runtime, one))
    finally:
        for task in under_way.values():
            task.cancel()
        await asyncio.gather(*under_way.values(), return_exceptions=True)


async def _deliver_or_log(runtime: Runtime, webhook_id: str) -> None:
    try:
        await deliver_to(runtime, webhook_id)
    except (SQLAlchemyError, OSError) as error:  # the claims run out, and all is tried again
        _LOG.warning("webhooks_wait", error=type(error).__name__)
