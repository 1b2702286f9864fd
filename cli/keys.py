"""`menshen keys`: the signing keys and their states."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.clock import system_clock
from domain.randomness import system_randomness
from service import signing_keys
from service.settings import Settings

app = typer.Typer(
    help="Signing keys: pending (24 h) -> active -> retiring -> removed; or revoked, at once.",
    no_args_is_help=True,
)
_TAKES_ANY_KID: Final = {"ignore_unknown_options": True}  # one kid in 64 begins with "-"
Kid = Annotated[str, typer.Argument(help="the key's thumbprint, from `menshen keys list`")]


@app.command("list")
def list_keys() -> None:
    """Show every key with its state and since when (UTC)."""
    entries: list[signing_keys.KeyEntry] = []

    async def work(engine: AsyncEngine) -> None:
        entries.extend(await signing_keys.list_keys(engine))

    _run(work)
    table = Table("kid", "state", "created", "in this state since")
    for entry in entries:
        times = (f"{at:%F %T}" for at in (entry.created_at, entry.changed_at))
        table.add_row(entry.kid, entry.state, *times)
    Console(width=None if Console().is_terminal else 120).print(table)


@app.command()
def stage() -> None:
    """Make a pending key; it is published now and may sign after 24 hours."""

    async def work(engine: AsyncEngine) -> None:
        seal = await Settings().open_seal(engine, system_randomness)
        typer.echo(await signing_keys.stage(engine, seal, system_clock()))

    _run(work)


@app.command(context_settings=_TAKES_ANY_KID)
def activate(kid: Kid) -> None:
    """Sign with a pending key from now on; the one before is retiring."""

    async def activate_opened(engine: AsyncEngine, kid: str, now: datetime) -> None:
        seal = await Settings().open_seal(engine, system_randomness)
        await signing_keys.activate(engine, seal, kid, now)

    _change(activate_opened, kid)


@app.command(context_settings=_TAKES_ANY_KID)
def retire(kid: Kid) -> None:
    """Remove a retiring key that no token needs any more."""
    _change(signing_keys.retire, kid)


@app.command(context_settings=_TAKES_ANY_KID)
def revoke(kid: Kid) -> None:
    """Refuse every token of a key from the next scan on. There is no way back."""
    _change(signing_keys.revoke, kid)


def _change(change: Callable[[AsyncEngine, str, datetime], Awaitable[None]], kid: str) -> None:
    async def work(engine: AsyncEngine) -> None:
        await change(engine, kid, system_clock())

    _run(work)
    typer.echo("done")


def _run(work: Callable[[AsyncEngine], Awaitable[None]]) -> None:
    async def connected() -> None:
        settings = Settings()
        settings.make_data_dir()
        engine = settings.make_engine()
        try:
            await work(engine)
        finally:
            await engine.dispose()

    asyncio.run(connected())
