"""What people type into the console's forms and addresses, as it is kept."""

from typing import Annotated, Final

from fastapi import Path
from pydantic import BeforeValidator, StringConstraints

STORABLE: Final = r"^[^\x00]*$"
"""PostgreSQL refuses NUL in a text."""


def _as_kept(typed: object) -> object:
    # An empty field of a form says nothing, and browsers end lines with two characters.
    return (typed.replace("\r\n", "\n").strip() or None) if isinstance(typed, str) else typed


Kept = BeforeValidator(_as_kept)
Word = Annotated[str, StringConstraints(max_length=200, pattern=STORABLE)]
Note = Annotated[str, StringConstraints(max_length=4096, pattern=STORABLE)]
Id = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
