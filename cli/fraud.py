"""`menshen fraud`: reports for others."""

import asyncio
import math
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import TypeAdapter, ValidationError
from rich.progress import Progress

from cli.caller_paths import from_caller
from cli.progress import make_progress
from cli.runtimes import operator, run
from domain.callers import Role
from domain.errors import InvalidError
from domain.exports import ExportFormat, Tlp
from service import fraud_exports
from service.report_lists import ReportFilters
from service.runtime import Runtime

app = typer.Typer(help="Reports of suspicious visitors.", no_args_is_help=True)
_FILTERS: Final = TypeAdapter(ReportFilters)
_NAMES: Final = {"from": "first_day", "to": "last_day"}
"""What the API calls differently, since the words are Python's or too short there."""


@app.callback()
def fraud_commands() -> None:
    """Write reports down for others."""


@app.command()
def export(
    out: Annotated[
        Path,
        typer.Option(
            parser=from_caller, metavar="FILE", help="replaced only once the export is complete"
        ),
    ],
    kind: Annotated[ExportFormat, typer.Option("--format")] = ExportFormat.CSV,
    tlp: Annotated[Tlp, typer.Option(help="who may see it; decides what is in it")] = Tlp.AMBER,
    where: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="NAME=VALUE", help="as in GET /v1/fraud/reports"),
    ] = None,
) -> None:
    """Write reports to a file; who did it, and how many, goes on record."""
    filters = _read_filters(where or [])
    with make_progress() as progress:
        written = run(lambda runtime: _export(runtime, filters, kind, tlp, out, progress))
    typer.echo(f"{written} reports, TLP:{tlp.upper()}, in {out}")


def _read_filters(given: list[str]) -> ReportFilters:
    pairs = (one.partition("=")[::2] for one in given)
    named: dict[str, Any] = {_NAMES.get(name, name): value for name, value in pairs}
    if unknown := named.keys() - ReportFilters.__dataclass_fields__.keys():
        message = f"no such filter: {', '.join(sorted(unknown))}"
        raise InvalidError(message)
    try:
        return _FILTERS.validate_python(named)
    except ValidationError as error:
        message = f"filter {'.'.join(map(str, error.errors()[0]['loc']))}: not a value it can have"
        raise InvalidError(message) from error


async def _export(  # noqa: PLR0913, PLR0917 - each by its place, in one call
    runtime: Runtime,
    filters: ReportFilters,
    kind: ExportFormat,
    tlp: Tlp,
    out: Path,
    progress: Progress,
) -> int:
    begun = await fraud_exports.begin(runtime, operator(Role.FRAUD), filters, kind, tlp)
    newest = begun.issue.at
    days = _days(newest, await fraud_exports.oldest(runtime) or newest)
    task = progress.add_task("0 reports, days", total=days)
    part, done = out.with_name(f".{out.name}.{begun.id}.part"), 0
    try:
        with part.open("xb") as file:
            async for chunk in fraud_exports.write(runtime, begun):
                await asyncio.to_thread(file.write, chunk.content)
                done = chunk.reports
                gone = days if chunk.reached is None else _days(newest, chunk.reached)
                progress.update(task, completed=gone, description=f"{done} reports, days")
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return done


def _days(newest: datetime, reached: datetime) -> int:
    return math.ceil((newest - reached).total_seconds() / 86_400)
