"""`menshen db`: the schema."""

import asyncio

import typer

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
