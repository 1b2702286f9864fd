"""`menshen retention`: let go of what was kept long enough."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cli.progress import make_progress
from domain.clock import system_clock
from service import retention
from service.databases import open_engine
from service.retention import KINDS
from service.settings import Settings

app = typer.Typer(help="What is kept for how long.", no_args_is_help=True)


@app.callback()
def retention_commands() -> None:
    """Let go of what was kept long enough."""


@app.command()
def run(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="count, clear nothing")] = False,
) -> None:
    """Delete or blank what is older than the settings allow; safe beside a running server."""
    with make_progress() as progress:
        done = asyncio.run(_run(Settings(), progress, dry_run=dry_run))
    table = Table("kind", "how", "older than", "due" if dry_run else "done")
    for kind in KINDS:
        how = "deleted" if kind.rows.blanked is None else "blanked"
        table.add_row(kind.name, how, str(kind.kept_for(Settings())), str(done[kind.name]))
    Console(width=None if Console().is_terminal else 100).print(table)


async def _run(settings: Settings, progress: Progress, *, dry_run: bool) -> dict[str, int]:
    now = system_clock()
    done: dict[str, int] = {}
    async with open_engine(settings) as engine:
        for kind in KINDS:
            due = await retention.count(engine, settings, kind, now)
            done[kind.name] = due if dry_run else 0
            if not dry_run:
                task = progress.add_task(kind.name, total=due)
                async for rows in retention.clear(engine, settings, kind, now):
                    done[kind.name] += rows
                    progress.advance(task, rows)
    return done
