"""`menshen registry`: bring the registry in from a file."""

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from cli.caller_paths import from_caller
from cli.progress import make_progress
from cli.registry_files import MOST_FAULTS, read_rows
from domain.clock import system_clock
from domain.randomness import system_randomness
from service import data_keys, registry
from service.databases import open_engine
from service.registry import Fault, Registry, RegistryPlan, RegistryRow
from service.settings import Settings

app = typer.Typer(help="The registry of staff and badges.", no_args_is_help=True)


@app.callback()
def registry_commands() -> None:
    """Bring the registry of staff and badges in from a file."""


@app.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(parser=from_caller, metavar="FILE.csv", help="UTF-8, with the header"),
    ],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="judge all, write nothing")] = False,
) -> None:
    """Add and change staff and badges: all rows, effective at the next scan, or none.

    Errors are on stderr as FILE:LINE: message (line 0: the file as a whole), and exit is then 1.
    """
    size = file.stat().st_size if file.is_file() else 0
    with make_progress() as progress:
        reading = partial(progress.advance, progress.add_task("read", total=size))
        rows, faults = read_rows(file, reading)
        planned = RegistryPlan(faults=faults)
        if rows and len(faults) < MOST_FAULTS:
            planned = asyncio.run(_import(rows, faults, progress, dry_run=dry_run))
    if planned.faults:
        for fault in sorted(planned.faults)[:MOST_FAULTS]:
            typer.echo(f"{file}:{fault.line}: {fault.message}", err=True)
        typer.echo("menshen: nothing was written", err=True)
        sys.exit(1)
    did = "would be " if dry_run else ""
    typer.echo(
        f"{did}added {planned.added}, {did}changed {planned.changed}, unchanged {planned.unchanged}"
    )
    if waiting := {one.entry_id for one in planned.changes.watched}:
        await_it = "entries of the watchlist about them wait for a second person's approval"
        typer.echo(f"{len(waiting)} {await_it}: {', '.join(sorted(waiting))}")


async def _import(
    rows: list[RegistryRow], faults: list[Fault], progress: Progress, *, dry_run: bool
) -> RegistryPlan:
    settings = Settings()
    async with open_engine(settings) as engine:
        key_seal = await settings.open_seal(engine, system_randomness)
        seal = await data_keys.ensure(engine, key_seal, system_randomness, system_clock())
        comparing = partial(progress.advance, progress.add_task("compare", total=len(rows)))
        kept = Registry(engine, seal, system_randomness, settings.country, system_clock())
        planned = await registry.plan(kept, rows, comparing)
        planned.faults += faults
        if not planned.faults and not dry_run:
            writing = progress.add_task("write", total=len(planned.changes))
            await registry.carry_out(kept, planned, partial(progress.advance, writing))
    return planned
