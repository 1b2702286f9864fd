"""Composition of the command line; each noun has its own module."""

import sys

import typer

from cli import databases, keys
from domain.errors import MenshenError
from service.key_encryption_keys import UnsafeKeyError

app = typer.Typer(
    name="menshen",
    help="Menshen: may this person visit this customer, here, now?",
    no_args_is_help=True,
    add_completion=False,
)
app.add_typer(keys.app, name="keys")
app.add_typer(databases.app, name="db")


def main() -> None:
    """Run the command line; an expected refusal is one line on stderr and exit 1."""
    try:
        app()
    except (MenshenError, UnsafeKeyError) as error:
        sys.exit(f"menshen: {error}")
