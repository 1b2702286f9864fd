"""What every table shares: constraint names that migrations can rely on."""

from enum import StrEnum
from typing import Final

from sqlalchemy import MetaData
from sqlmodel import SQLModel

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)


class Table(SQLModel):
    """The base of every table class: one metadata, named constraints."""

    metadata = metadata


def one_of(column: str, words: type[StrEnum]) -> str:
    """Return the SQL of a CHECK that a text column holds a member of a `StrEnum`."""
    return f"{column} IN ({', '.join(repr(word.value) for word in words)})"
