"""Receivers over HTTP: added by whoever keeps the settings, the secret told once."""

from pathlib import Path

import pytest
from sqlmodel import select

from db.units_of_work import reading
from db.webhooks import WebhookDelivery
from domain.callers import Caller, Role
from service import webhook_deliveries, webhooks
from service.runtime import Runtime
from service.webhook_deliveries import deliver_due
from tests.reports import REPORT
from tests.services import Service, running
from tests.webhooks import HOST, resolving, until

URL = f"https://{HOST}/menshen"


def compose(service: Service, runtime: Runtime) -> None:
    """Let the application work with another runtime."""
    app = service.client._transport.app  # type: ignore[attr-defined]  # noqa: SLF001 - no other way
    app.state.runtime = runtime


async def test_a_receiver_from_its_addition_to_its_removal(service: Service) -> None:
    allowed, _ = resolving(service.runtime, ["127.0.0.1"])
    compose(service, allowed)
    asked = {"url": URL, "events": ["report.received"]}
    made = await service.make("/v1/webhooks", asked, Role.ADMIN)
    assert made["secret"].startswith("whsec_")
    assert (await service.call("POST", "/v1/reports", REPORT)).status_code == 201
    test = await service.call("POST", f"/v1/webhooks/{made['id']}/test", role=Role.ADMIN)
    assert test.status_code == 202
    await deliver_due(allowed)
    listed = await service.call("GET", "/v1/webhooks", role=Role.ADMIN)
    (one,) = listed.json()["items"]
    assert one == {
        "id": made["id"],
        "url": URL,
        "events": ["report.received"],
        "created_at": "2026-11-24T04:00:00Z",
        "created_by": "tester",
        "pending": 2,
        "delivered": 0,
        "dead": 0,
    }
    assert made["secret"] not in listed.text
    again = await service.make(f"/v1/webhooks/{made['id']}/redeliver", None, Role.ADMIN)
    assert again == {"messages": 0}
    for status in (204, 404):
        gone = await service.call("DELETE", f"/v1/webhooks/{made['id']}", role=Role.ADMIN)
        assert gone.status_code == status
    assert (await service.call("GET", "/v1/webhooks", role=Role.ADMIN)).json()["items"] == []


async def test_what_cannot_be_added(service: Service) -> None:
    allowed, _ = resolving(service.runtime, ["93.184.215.14"])
    compose(service, allowed)
    for body in ({"url": URL, "events": []}, {"url": URL, "events": ["x"]}, {"url": URL, "x": 1}):
        refused = await service.call("POST", "/v1/webhooks", body, role=Role.ADMIN)
        assert refused.status_code == 422
    for _ in range(20):
        await service.make("/v1/webhooks", {"url": URL}, Role.ADMIN)
    full = await service.call("POST", "/v1/webhooks", {"url": URL}, role=Role.ADMIN)
    assert (full.status_code, full.json()["code"]) == (409, "conflict")


async def test_a_serving_process_delivers_by_itself(
    migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_deliveries, "_PAUSE_SECONDS", 0.01)
    async with running(migrated_url, tmp_path, works=True) as service:
        allowed, _ = resolving(service.runtime, ["127.0.0.1"])
        made = await webhooks.add(allowed, Caller("A-1", frozenset({Role.ADMIN})), URL, [])
        await webhooks.send_test(allowed, made.id)

        async def is_tried() -> bool:
            async with reading(allowed.engine) as session:
                message = (await session.exec(select(WebhookDelivery))).one()
            return message.problem == "not_on_the_allow_list"  # of the process's own settings

        await until(is_tried)
