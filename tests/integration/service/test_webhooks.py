"""The outbox: in the transaction of what it tells of, delivered at least once, and never lost."""

import asyncio
import json
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import col, select, update
from standardwebhooks.webhooks import Webhook as Judge
from structlog.testing import capture_logs

from db.units_of_work import reading, writing
from db.webhooks import Webhook, WebhookDelivery
from domain.callers import Caller, Role
from domain.clock import system_clock
from domain.webhooks import MOST_ATTEMPTS, DeliveryState, WebhookEvent
from service import webhook_deliveries, webhook_signatures, webhooks
from service.background_work import alongside
from service.runtime import Runtime
from service.webhook_deliveries import LEASE, deliver_due, deliver_forever
from tests.reports import REPORT
from tests.services import Service
from tests.watchlist import watched
from tests.webhooks import Receiver, receiving, unsafely, until

ADMIN = Caller("A-1", frozenset({Role.ADMIN}))
RECEIVED, CHANGED = WebhookEvent.REPORT_RECEIVED, WebhookEvent.REPORT_STATUS_CHANGED
PENDING, DELIVERED, DEAD = DeliveryState


async def outbox(service: Service) -> list[WebhookDelivery]:
    async with reading(service.runtime.engine) as session:
        query = select(WebhookDelivery).order_by(col(WebhookDelivery.created_at))
        return list((await session.exec(query)).all())


async def tell(service: Service, event: WebhookEvent = RECEIVED, **data: Any) -> None:  # noqa: ANN401 - JSON
    async with writing(service.runtime.engine) as session:
        await webhooks.enqueue(session, service.runtime, event, data)
        await session.commit()


async def subscribe(
    service: Service, receiver: Receiver, *events: WebhookEvent
) -> tuple[Runtime, webhooks.NewReceiver]:
    runtime = unsafely(service.runtime)
    chosen = events or webhooks.SUBSCRIBABLE
    return runtime, await webhooks.add(runtime, ADMIN, receiver.url, chosen)


def delivering(runtime: Runtime) -> AbstractAsyncContextManager[None]:
    return alongside({"webhooks": partial(deliver_forever, runtime)}, runtime.failing)


async def test_a_first_failure_is_logged_and_the_last_is_told(service: Service) -> None:
    async with receiving() as receiver:
        runtime, made = await subscribe(service, receiver)
        await tell(service)
        receiver.statuses = [500, 503, 200]
        with capture_logs() as logs:
            for _ in range(2):
                await deliver_due(runtime)
                service.wait(hours=1)
        failed = [one for one in logs if one["event"] == "webhook_failed"]
        assert [(one["webhook"], one["problem"]) for one in failed] == [(made.id, "answered 500")]
        assert [one.problem for one in await webhooks.list_receivers(runtime)] == ["answered 503"]
        await deliver_due(runtime)
        assert [one.problem for one in await webhooks.list_receivers(runtime)] == [None]


async def test_a_report_and_its_changes_are_told(service: Service) -> None:
    async with receiving() as receiver:
        runtime, made = await subscribe(service, receiver)
        sent = await service.call("POST", "/v1/reports", REPORT)
        assert sent.status_code == 201
        (message,) = await outbox(service)
        report_id = json.loads(message.payload)["data"]["report_id"]
        path = f"/v1/fraud/reports/{report_id}"
        for change in ({"status": "triaged"}, {"status": "triaged"}, {"severity": "low"}):
            await service.call("PATCH", path, {**change, "note": "x"}, role=Role.FRAUD)
        # The specification's library looks at the machine's own clock.
        runtime = replace(runtime, clock=lambda: max(system_clock(), service.now))
        assert await deliver_due(runtime) == {PENDING: 0, DELIVERED: 2, DEAD: 0}
        bodies = [Judge(made.secret).verify(one.body, one.headers) for one in receiver.heard]
        assert receiver.heard[0].line == "POST /hook HTTP/1.1"
        assert receiver.heard[0].headers["content-type"] == "application/json"
    by_type = {body["type"]: body["data"] for body in bodies}
    assert by_type[CHANGED] == {
        "report_id": report_id,
        "status": "triaged",
        "status_before": "new",
        "severity": "high",
        "kind": "impersonation",
    }
    assert by_type[RECEIVED] == {
        "report_id": report_id,
        "status": "new",
        "severity": "high",
        "kind": "impersonation",
    }
    told = "".join(one.body for one in receiver.heard)
    for private in ("王大明", "陳先生", "Reporter Lee", "0912", "0933", "Harbour Road", "b-s-1"):
        assert private not in told


async def test_what_is_rolled_back_was_never_told(service: Service) -> None:
    async with receiving() as receiver:
        runtime, _ = await subscribe(service, receiver)
        async with writing(service.runtime.engine) as session:
            await webhooks.enqueue(session, service.runtime, RECEIVED, {})
        assert await outbox(service) == []
        assert await deliver_due(runtime) == {PENDING: 0, DELIVERED: 0, DEAD: 0}
        assert receiver.heard == []


async def test_each_receiver_hears_what_it_asked_for(service: Service) -> None:
    async with receiving() as one, receiving() as other:
        runtime, _ = await subscribe(service, one, RECEIVED, WebhookEvent.SURGE)
        _, second = await subscribe(service, other, CHANGED)
        await tell(service, RECEIVED)
        await tell(service, WebhookEvent.SURGE, area="8a2")
        await webhooks.send_test(runtime, second.id)
        await deliver_due(runtime)
        heard = [[json.loads(got.body)["type"] for got in all_.heard] for all_ in (one, other)]
        assert list(map(sorted, heard)) == [["report.received", "surge"], ["webhook.test"]]


async def test_a_failure_is_tried_again_later_and_later_then_given_up(service: Service) -> None:
    async with receiving() as receiver:
        receiver.statuses = [500, 302, 404, 429] + [503] * 20
        runtime, made = await subscribe(service, receiver)
        await tell(service)
        waited: list[timedelta] = []
        (message,) = await outbox(service)
        for attempt in range(1, MOST_ATTEMPTS + 1):
            assert len(receiver.heard) == attempt - 1
            ended = await deliver_due(runtime)
            assert ended[DEAD if attempt == MOST_ATTEMPTS else PENDING] == 1
            assert sum((await deliver_due(runtime)).values()) == 0  # not before its time
            (message,) = await outbox(service)
            waited.append(message.next_attempt_at - service.now)
            service.clock[0] = message.next_attempt_at
        assert (message.state, message.problem) == (DEAD, "answered 503")
        assert all(0.5 <= one / timedelta(seconds=10) <= 1.5 for one in waited[:1])
        assert waited[5] > 5 * waited[2]
        assert sum(waited, timedelta()) > timedelta(hours=12)
        receiver.statuses = []
        assert await webhooks.redeliver(runtime, made.id) == 1
        assert (await deliver_due(runtime))[DELIVERED] == 1
        assert len({one.headers["webhook-id"] for one in receiver.heard}) == 1
        (listed,) = await webhooks.list_receivers(runtime)
        assert (listed.pending, listed.delivered, listed.dead) == (0, 1, 0)


async def test_who_is_gone_or_removed_is_not_asked_again(service: Service) -> None:
    async with receiving() as receiver:
        receiver.statuses = [410]
        runtime, made = await subscribe(service, receiver)
        await tell(service)
        assert (await deliver_due(runtime))[DEAD] == 1
        await tell(service)
        await webhooks.remove(runtime, ADMIN, made.id)
        assert (await deliver_due(runtime))[DEAD] == 1
        await tell(service)
        assert len(receiver.heard) == 1
        assert {one.problem for one in await outbox(service)} == {"answered 410", "removed"}
        assert await webhooks.list_receivers(runtime) == []
        async with reading(runtime.engine) as session:
            (row,) = (await session.exec(select(Webhook))).all()
        assert (row.created_by, row.removed_by) == ("A-1", "A-1")


async def test_two_replicas_never_send_one_message_at_the_same_time(service: Service) -> None:
    async with receiving() as receiver:
        runtime, _ = await subscribe(service, receiver)
        for _ in range(25):
            await tell(service)
        receiver.gate = asyncio.Event()
        work = [asyncio.create_task(deliver_due(runtime)) for _ in range(3)]
        await receiver.hears(25)
        receiver.gate.set()
        ended = await asyncio.gather(*work)
        assert sum(one[DELIVERED] for one in ended) == 25
        ids = [one.headers["webhook-id"] for one in receiver.heard]
        assert len(ids) == len(set(ids)) == 25


async def test_a_claim_whose_claimer_died_runs_out(service: Service) -> None:
    async with receiving() as receiver:
        runtime, _ = await subscribe(service, receiver)
        await tell(service)
        receiver.gate = asyncio.Event()
        dying = asyncio.create_task(deliver_due(runtime))
        await receiver.hears(1)
        dying.cancel()  # as kill -9 would: nothing is settled
        await asyncio.gather(dying, return_exceptions=True)
        receiver.gate.set()
        assert sum((await deliver_due(runtime)).values()) == 0
        service.clock[0] += LEASE
        assert (await deliver_due(runtime))[DELIVERED] == 1
        assert [one.attempts for one in await outbox(service)] == [2]
        assert len({one.headers["webhook-id"] for one in receiver.heard}) == 1


async def test_an_attempt_that_ends_late_does_not_undo_a_later_one(service: Service) -> None:
    async with receiving() as receiver:
        runtime, _ = await subscribe(service, receiver)
        await tell(service)
        receiver.statuses, receiver.gate = [410], asyncio.Event()
        late = asyncio.create_task(deliver_due(runtime))
        await receiver.hears(1)
        gate, receiver.gate = receiver.gate, None
        receiver.statuses.insert(0, 500)
        service.clock[0] += LEASE
        assert (await deliver_due(runtime))[PENDING] == 1
        (before,) = await outbox(service)
        gate.set()
        assert (await late)[DEAD] == 1
        (after,) = await outbox(service)
        assert (after.state, after.problem) == (PENDING, "answered 500")
        assert after.next_attempt_at == before.next_attempt_at


async def test_a_server_delivers_by_itself_and_a_slow_receiver_holds_up_no_other(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_deliveries, "_PAUSE_SECONDS", 0.01)
    async with receiving() as slow, receiving() as quick:
        slow.gate = asyncio.Event()
        runtime, _ = await subscribe(service, slow)
        await subscribe(service, quick)
        async with delivering(runtime):
            for number in range(3):
                await tell(service, number=number)
                await until(lambda: _settled(service, number + 1))  # noqa: B023 - awaited here
        assert len(slow.heard) < 3 * 2
        assert {json.loads(one.body)["data"]["number"] for one in quick.heard} == {0, 1, 2}
        slow.gate.set()


async def _settled(service: Service, number: int) -> bool:
    return [one.state for one in await outbox(service)].count(DELIVERED) == number


async def test_a_database_that_is_away_for_a_moment_stops_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_deliveries, "_PAUSE_SECONDS", 0.01)
    async with receiving() as receiver:
        runtime, _ = await subscribe(service, receiver)
        await tell(service)
        async with runtime.engine.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE webhook_delivery RENAME TO away")
        async with delivering(runtime):
            await asyncio.sleep(0.1)
            assert receiver.heard == []
            async with runtime.engine.begin() as connection:
                await connection.exec_driver_sql("ALTER TABLE away RENAME TO webhook_delivery")
            await until(lambda: _settled(service, 1))


async def test_a_delivery_that_breaks_is_logged_and_the_others_go_on(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_deliveries, "_PAUSE_SECONDS", 0.01)
    sign = webhook_signatures.sign
    async with receiving() as broken, receiving() as sound:
        runtime, one = await subscribe(service, broken)
        await subscribe(service, sound)

        def sign_or_break(secret: str, *signed: Any) -> dict[str, str]:  # noqa: ANN401 - passed on
            if secret == one.secret:
                raise KeyError(secret)
            return sign(secret, *signed)

        monkeypatch.setattr(webhook_signatures, "sign", sign_or_break)
        with capture_logs() as logs:
            async with delivering(runtime):
                await tell(service)
                await until(lambda: _settled(service, 1))
                await until(lambda: _failed(service, one.id))
        failed = [entry for entry in logs if entry["event"] == "delivery_failed"]
        assert [(entry["webhook"], entry["kind"]) for entry in failed] == [(one.id, "KeyError")]
        assert one.secret not in repr(logs)


async def _failed(service: Service, webhook_id: str) -> bool:
    """Tell whether the one message of a receiver was tried, and will be again."""
    async with reading(service.runtime.engine) as session:
        query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
        row = (await session.exec(query)).one()
    is_later = row.next_attempt_at > service.now
    return (row.state, row.attempts, row.problem, is_later) == ("pending", 1, "failed_here", True)


async def test_a_secret_from_another_row_opens_nothing(service: Service) -> None:
    async with receiving() as receiver:
        runtime, one = await subscribe(service, receiver)
        _, other = await subscribe(service, receiver, CHANGED)
        async with writing(runtime.engine) as session:
            row = await session.get(Webhook, one.id)
            assert row is not None
            assert one.secret.encode() not in row.secret_sealed
            moved = update(Webhook).where(col(Webhook.id) == other.id)
            await session.exec(moved.values(secret_sealed=row.secret_sealed))
            await session.commit()
        await tell(service, CHANGED)
        await deliver_due(runtime)
        assert sorted(one.problem or "" for one in await outbox(service)) == [
            "",
            "secret_unreadable",
        ]


async def test_a_message_says_when_it_happened(service: Service) -> None:
    async with receiving() as receiver:
        runtime, _ = await subscribe(service, receiver)
        await tell(service, WebhookEvent.CASE_CHANGED, case_id="ca_1")
        service.wait(minutes=1)
        await deliver_due(runtime)
        (heard,) = receiver.heard
    body = json.loads(heard.body)
    happened = datetime.fromisoformat(body["timestamp"])
    sent = datetime.fromtimestamp(int(heard.headers["webhook-timestamp"]), UTC)
    assert (sent - happened, sent) == (timedelta(minutes=1), service.now)
    assert body == {
        "type": "case.changed",
        "timestamp": body["timestamp"],
        "data": {"case_id": "ca_1"},
    }


async def test_a_report_that_meets_the_watchlist_is_told_as_a_hit(service: Service) -> None:
    async with receiving() as receiver:
        runtime, _ = await subscribe(service, receiver, WebhookEvent.WATCHLIST_HIT)
        entry = await watched(service, "phone", "0912 345 678")
        assert (await service.call("POST", "/v1/reports", REPORT)).status_code == 201
        await deliver_due(runtime)
        (heard,) = receiver.heard
    data = json.loads(heard.body)["data"]
    assert data.pop("report_id").startswith("rp_")
    assert data == {"entry_id": entry["id"], "source": "report"}
