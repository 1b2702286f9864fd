"""What an operator reads on stderr, though the command goes on."""

from collections.abc import Iterable

import typer


def warn(lines: Iterable[str]) -> None:
    """Print each on a line of its own."""
    for line in lines:
        typer.echo(f"menshen: {line}", err=True)
