"""The embedded database without an ORM in between, for the one path that has to be fast.

SQLAlchemy says once what the SQL is and how columns become values. A read is then a few
microseconds of `sqlite3` on the event loop; a batch of rows is one statement in a thread of its
own, since each statement there takes the interpreter's lock away from the event loop once.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Dialect, Insert, Table
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql import Select

_DIALECT: Final[Dialect] = sqlite_dialect()
_BUSY_SECONDS: Final = 10
_CACHE: Final = "cache_size=-65536"  # KiB: what 1,000 doors need of a registry of a million

Convert = Callable[[Any], Any]


def _same(value: Any) -> Any:  # noqa: ANN401 - a column's value
    return value


class Prepared:
    """A SELECT as text, with the conversions of its parameters and columns."""

    def __init__(self, query: Select[*tuple[Any, ...]]) -> None:
        """Compile a query whose parameters are `bindparam`s or constants."""
        compiled = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        self._sql = str(compiled)
        binds = [(name, compiled.binds[name]) for name in compiled.positiontup or ()]
        converts = [_to_database(bind.type) for _, bind in binds]
        self._given = [
            (at, name, converts[at]) for at, (name, bind) in enumerate(binds) if bind.required
        ]
        self._parameters = [
            None if bind.required else convert(compiled.params[name])
            for (name, bind), convert in zip(binds, converts, strict=True)
        ]
        columns = (column.type for column in query.selected_columns)
        converts = [_from_database(kind) for kind in columns]
        self._columns = [(at, one) for at, one in enumerate(converts) if one is not _same]

    def run(self, connection: sqlite3.Connection, given: Mapping[str, Any]) -> list[list[Any]]:
        """Return all rows for the given parameters; raises OperationalError, as an engine does."""
        parameters = self._parameters.copy()
        for at, name, convert in self._given:
            parameters[at] = convert(given[name])
        try:
            rows = connection.execute(self._sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise OperationalError(self._sql, None, error) from error
        return [self._converted(row) for row in rows]

    def _converted(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for at, convert in self._columns:
            if values[at] is not None:
                values[at] = convert(values[at])
        return values


class PreparedInsert:
    """Inserts rows of some columns of a table, all in one statement."""

    def __init__(self, table: Table, columns: Sequence[str], *, ignoring: bool = False) -> None:
        """Bind a table and the columns that rows may have; `ignoring` those that are there."""
        self._columns = [(name, _to_database(table.columns[name].type)) for name in columns]
        self._sql = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES "  # noqa: S608 - our own names
        self._row = f"({', '.join('?' * len(columns))})"
        self._end = " ON CONFLICT DO NOTHING" if ignoring else ""

    def run(self, connection: sqlite3.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows (column -> value, missing is NULL); raises sqlite3.Error."""
        if not rows:
            return
        parameters = [
            None if (value := row.get(name)) is None else convert(value)
            for row in rows
            for name, convert in self._columns
        ]
        connection.execute(self._sql + ", ".join([self._row] * len(rows)) + self._end, parameters)


class PreparedStatement:
    """A statement that writes as text, run once for each row of parameters: for the rare ones."""

    def __init__(self, statement: Insert) -> None:
        """Compile a statement whose parameters are `bindparam`s."""
        compiled = statement.compile(dialect=_DIALECT)
        self._sql = str(compiled)
        names = compiled.positiontup or ()
        self._given = [(name, _to_database(compiled.binds[name].type)) for name in names]

    def run(self, connection: sqlite3.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows (parameter -> value); raises sqlite3.Error."""
        given = ([convert(row[name]) for name, convert in self._given] for row in rows)
        connection.executemany(self._sql, given)


Rows = tuple[PreparedInsert | PreparedStatement, Sequence[Mapping[str, Any]]]


def commit(connection: sqlite3.Connection, *inserts: Rows) -> None:
    """Commit the rows of some inserts together, durably, or none; raises sqlite3.Error."""
    with connection:  # commits, or rolls back
        connection.execute("BEGIN IMMEDIATE")
        for insert, rows in inserts:
            insert.run(connection, rows)


def _to_database(kind: Any) -> Convert:  # noqa: ANN401 - a SQLAlchemy type
    return kind.dialect_impl(_DIALECT).bind_processor(_DIALECT) or _same


def _from_database(kind: Any) -> Convert:  # noqa: ANN401 - a SQLAlchemy type
    return kind.dialect_impl(_DIALECT).result_processor(_DIALECT, None) or _same


def connect(path: str, *, writes: bool) -> sqlite3.Connection:
    """Return a connection; without `writes` it can only read what is committed."""
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    pragmas = ("journal_mode=WAL", "synchronous=FULL") if writes else ("query_only=ON",)
    for pragma in (_CACHE, *pragmas):
        connection.execute(f"PRAGMA {pragma}")
    return connection
