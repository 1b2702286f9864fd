"""Receivers of webhooks, for whoever keeps the settings."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from api.authorisation import Authorised
from api.runtimes import Running
from api.wire import Shown, Text, Wire
from domain.webhooks import WebhookEvent
from service import webhooks
from service.webhooks import SUBSCRIBABLE

router = APIRouter(tags=["webhooks"])
Id = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class WebhookRequest(Wire):
    """Where to tell what; `webhook.test` comes to everybody who asks for a test."""

    url: Text
    events: Annotated[tuple[WebhookEvent, ...], Field(min_length=1, max_length=10)] = SUBSCRIBABLE


class NewWebhookResponse(Shown):
    """A new receiver; the secret is told once."""

    id: str
    secret: str


class WebhookResponse(Shown):
    """A receiver, and how many messages stand where."""

    id: str
    url: str
    events: list[WebhookEvent]
    created_at: datetime
    created_by: str
    pending: int
    delivered: int
    dead: int


class WebhookListResponse(Shown):
    """Every receiver."""

    items: list[WebhookResponse]
    next_cursor: str | None = None


class RedeliveryResponse(Shown):
    """How many messages are due again."""

    messages: int


@router.get("/v1/webhooks")
async def list_webhooks(runtime: Running, _caller: Authorised) -> WebhookListResponse:
    """List the receivers."""
    return WebhookListResponse.model_validate({"items": await webhooks.list_receivers(runtime)})


@router.post("/v1/webhooks", status_code=201)
async def add_webhook(
    runtime: Running, caller: Authorised, asked: WebhookRequest
) -> NewWebhookResponse:
    """Add a receiver on an allowed host."""
    made = await webhooks.add(runtime, caller, asked.url, asked.events)
    return NewWebhookResponse.model_validate(made)


@router.delete("/v1/webhooks/{webhook_id}", status_code=204)
async def remove_webhook(runtime: Running, caller: Authorised, webhook_id: Id) -> None:
    """Send a receiver nothing more."""
    await webhooks.remove(runtime, caller, webhook_id)


@router.post("/v1/webhooks/{webhook_id}/test", status_code=202)
async def try_webhook(runtime: Running, _caller: Authorised, webhook_id: Id) -> None:
    """Send a receiver a message that says nothing."""
    await webhooks.send_test(runtime, webhook_id)


@router.post("/v1/webhooks/{webhook_id}/redeliver")
async def redeliver(runtime: Running, _caller: Authorised, webhook_id: Id) -> RedeliveryResponse:
    """Try a receiver's dead messages again."""
    return RedeliveryResponse(messages=await webhooks.redeliver(runtime, webhook_id))
