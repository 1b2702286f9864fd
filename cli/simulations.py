"""`menshen simulate`: a year of reports with rings of impostors in them, and the truth beside."""

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from cli.caller_paths import from_caller
from cli.progress import make_progress
from domain.clock import system_clock
from domain.randomness import system_randomness
from service import simulations
from service.opening import open_runtime
from service.settings import Settings
from service.simulated_reports import SimulatedReport, Simulation

_HERE = "http://127.0.0.1:8000"
_AT_ONCE = 20


def simulate(
    seed: Annotated[int, typer.Option(help="the same seed, the same bytes", min=0)],
    reports: Annotated[int, typer.Option(help="how many", min=1, max=1_000_000)] = 1_000,
    truth: Annotated[
        Path | None,
        typer.Option(
            parser=from_caller, metavar="FILE", help="who was really there, as JSON lines"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(parser=from_caller, metavar="FILE", help="write here, not into the database"),
    ] = None,
    *,
    link: Annotated[bool, typer.Option("--link", help="link them before this ends")] = False,
) -> None:
    """Fill a demo's database with simulated reports: rings, waves, genuine staff and noise."""
    with make_progress() as progress:
        made = asyncio.run(_simulate(seed, reports, progress, out, link=link))
    if truth is not None:
        _write_lines(
            truth, ({"report_id": one.report_id, "entity": one.entity} for one in made.reports)
        )
    entities = len({one.entity for one in made.reports})
    typer.echo(f"simulated {len(made.reports)} reports of {entities} visitors")


async def _simulate(
    seed: int, how_many: int, progress: Progress, out: Path | None, *, link: bool
) -> Simulation:
    settings = Settings()
    url = settings.public_url or _HERE
    async with open_runtime(settings, url, system_clock, system_randomness) as runtime:
        making = progress.add_task("make", total=how_many)
        made = await simulations.make(runtime, seed, how_many)
        progress.update(making, completed=len(made.reports))
        if out is not None:
            _write_lines(out, map(_line, made.reports))
            return made
        writing = progress.add_task("write", total=len(made.reports))
        async for written in simulations.write(runtime, made):
            progress.advance(writing, written)
        if link:
            linking = progress.add_task("link", total=len(made.reports))
            while linked := await simulations.link_next(runtime, _AT_ONCE):
                progress.advance(linking, linked)
    return made


def _line(one: SimulatedReport) -> dict[str, object]:
    told = one.draft.model_dump(mode="json", exclude_none=True)
    return {"report_id": one.report_id, "received_at": one.received_at.isoformat(), **told}


def _write_lines(path: Path, rows: Iterable[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
