"""`menshen reports`: the fraud team's reports, as their operator tends them."""

import asyncio

import typer
from rich.progress import Progress

from cli.progress import make_progress
from service import report_indexes
from service.databases import open_engine
from service.settings import Settings

app = typer.Typer(help="Reports of suspicious visitors.", no_args_is_help=True)


@app.callback()
def report_commands() -> None:
    """Tend the reports of suspicious visitors."""


@app.command()
def index() -> None:
    """Make indicators and places of all reports anew; safe beside a running server."""
    with make_progress() as progress:
        done = asyncio.run(_index(Settings(), progress))
    typer.echo(f"indexed {done} reports")


async def _index(settings: Settings, progress: Progress) -> int:
    done = 0
    async with open_engine(settings) as engine:
        task = progress.add_task("reports", total=await report_indexes.count(engine))
        async for reports in report_indexes.index(engine, settings.country):
            done += reports
            progress.advance(task, reports)
    return done
