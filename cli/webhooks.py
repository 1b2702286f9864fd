"""`menshen webhooks`: who is told what happens here."""

import sys
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.runtimes import operator, run
from domain.callers import Role
from domain.webhooks import DeliveryState, WebhookEvent
from service import webhook_deliveries, webhooks
from service.runtime import Runtime
from service.webhooks import SUBSCRIBABLE, NewReceiver, Receiver

app = typer.Typer(help="Tell other systems what happens (Standard Webhooks).", no_args_is_help=True)
Id = Annotated[str, typer.Argument(help="from `menshen webhooks list`")]
_TOLD = [one.value for one in SUBSCRIBABLE]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="https, on a host of MENSHEN_WEBHOOK_HOSTS")],
    event: Annotated[list[str], typer.Option(help="may be repeated")] = _TOLD,
) -> None:
    """Add a receiver; prints its id and its secret, which is told only now."""

    async def work(runtime: Runtime) -> NewReceiver:
        events = [WebhookEvent(one) for one in event]
        return await webhooks.add(runtime, operator(Role.ADMIN), url, events)

    if unknown := sorted(set(event) - set(_TOLD)):
        sys.exit(f"menshen: no such event: {', '.join(unknown)}; there are {', '.join(_TOLD)}")
    made = run(work)
    typer.echo(f"{made.id} {made.secret}")


@app.command("list")
def list_webhooks() -> None:
    """List the receivers, how many messages stand where, and why the last one failed."""
    found: list[Receiver] = run(webhooks.list_receivers)
    table = Table("webhook", "url", "events", "pending", "delivered", "dead", "problem")
    for one in found:
        counts = map(str, (one.pending, one.delivered, one.dead))
        table.add_row(one.id, one.url, " ".join(one.events), *counts, one.problem or "")
    Console(width=None if Console().is_terminal else 200).print(table)


@app.command()
def remove(webhook_id: Id) -> None:
    """Send a receiver nothing more."""
    run(partial(_remove, webhook_id=webhook_id))


async def _remove(runtime: Runtime, webhook_id: str) -> None:
    await webhooks.remove(runtime, operator(Role.ADMIN), webhook_id)


@app.command()
def test(webhook_id: Id) -> None:
    """Send a receiver a message that says nothing, now; exit 1 unless it arrives."""

    async def work(runtime: Runtime) -> tuple[list[DeliveryState], str | None]:
        await webhooks.send_test(runtime, webhook_id)
        ended = await webhook_deliveries.deliver_to(runtime, webhook_id)
        return ended, await webhooks.last_problem(runtime, webhook_id)

    ended, problem = run(work)
    typer.echo(f"{ended.count(DeliveryState.DELIVERED)} of {len(ended)} due messages arrived")
    if ended.count(DeliveryState.DELIVERED) < max(1, len(ended)):
        sys.exit(f"menshen: {problem}" if problem else 1)


@app.command()
def redeliver(
    webhook_id: Id,
    message: Annotated[str | None, typer.Option(help="one message's webhook-id")] = None,
) -> None:
    """Make a receiver's dead messages, or one message, due again."""
    revived = run(partial(webhooks.redeliver, webhook_id=webhook_id, delivery_id=message))
    typer.echo(f"due again: {revived}")


@app.command()
def deliver() -> None:
    """Deliver what is due and end, for a timer; a server does this by itself."""
    ended = run(webhook_deliveries.deliver_due)
    for state, number in ended.items():
        typer.echo(f"{state}: {number}")
