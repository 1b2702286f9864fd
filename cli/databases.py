"""`menshen db`: the schema."""

import asyncio
from collections.abc import Mapping
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.caller_paths import url_from_caller
from cli.progress import make_progress
from service import databases
from service.settings import Settings

app = typer.Typer(help="Bring the database up to date, or check it.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Run the migrations; safe to repeat."""
    settings = Settings()
    settings.make_data_dir()
    asyncio.run(databases.upgrade(settings.database))
    typer.echo("the database is up to date")


@app.command()
def check() -> None:
    """Tell how the database differs from this version; exit 1 when it does."""
    found = asyncio.run(databases.differences(Settings().database))
    for line in found:
        typer.echo(line)
    if found:
        raise typer.Exit(1)
    typer.echo("no difference")


@app.command()
def copy(
    from_url: Annotated[str, typer.Argument(metavar="FROM", help="sqlite+aiosqlite:///PATH")],
    to_url: Annotated[str, typer.Argument(metavar="TO", help="postgresql+asyncpg://...")],
) -> None:
    """Copy a database into an empty one, all or nothing; stop the service first.

    Sealed values stay as they are: serve the copy with the same key-encryption key, and take the
    photos of the data folder along.
    """
    with make_progress() as progress:
        tasks = {}

        def begin(counts: Mapping[str, int]) -> None:
            tasks.update(
                {name: progress.add_task(name, total=rows) for name, rows in counts.items()}
            )

        watch = databases.Watch(begin, lambda name, rows: progress.advance(tasks[name], rows))
        copied = asyncio.run(
            databases.copy(url_from_caller(from_url), url_from_caller(to_url), watch)
        )
    table = Table("table", "rows in both")
    for name, rows in copied.items():
        table.add_row(name, str(rows))
    Console(width=None if Console().is_terminal else 80).print(table)
