"""How many reports came in a day, by what: kept beside the reports, in their own transactions.

Charts read these few rows however many reports there are (decision 0005).
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    FromClause,
    Select,
    Update,
    delete,
    event,
    func,
    inspect,
    literal,
    true,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy import select as select_columns
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import ORMExecuteState, UOWTransaction
from sqlalchemy.orm import Session as PlainSession
from sqlmodel import Field, Session, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table, one_of
from db.reports import Report
from domain.statistics import CountedBy

_COLUMNS: Final = {
    CountedBy.STATUS: "status",
    CountedBy.SEVERITY: "severity",
    CountedBy.KIND: "kind",
    CountedBy.ASKED_FOR: "asked_for",
    CountedBy.AGENCY: "agency",
    CountedBy.CELL: "map_cell",
    CountedBy.TIME_TO_LOOK: "looked_after",
    CountedBy.TIME_TO_CLOSE: "closed_after",
    CountedBy.AUTOMATIC_LINK: "link_verdict",
}
"""Where a report has what is kept of it; a day is the sum of any of them that every report has."""
_COUNTED: Final = frozenset({"received_on", *_COLUMNS.values()})
_NOTED: Final = "report_counts"
_Key = tuple[str, date, str]


class ReportCount(Table, table=True):
    """So many reports that were received on a day have this value."""

    __tablename__ = "report_count"
    __table_args__ = (CheckConstraint(one_of("dimension", CountedBy), "dimension"),)

    dimension: str = Field(primary_key=True, max_length=16)
    day: date = Field(primary_key=True)
    value: str = Field(primary_key=True, max_length=200)
    count: int


_counts: Final[SqlTable] = ReportCount.__table__  # type: ignore[attr-defined] # SQLModel adds it
_reports: Final[SqlTable] = Report.__table__  # type: ignore[attr-defined] # as above


class CountingSession(Session):
    """A session that counts the reports which it wrote, in the transaction that writes them."""


@event.listens_for(CountingSession, "before_flush")
def _note_changes(session: PlainSession, _context: UOWTransaction, _instances: object) -> None:
    changes: Counter[_Key] = session.info.setdefault(_NOTED, Counter())
    for report in _reports_in(session.new):
        changes.update(_keys(_values(report)))
    for report in _reports_in(session.deleted):
        changes.subtract(_keys(_values(report, before=True)))
    for report in _reports_in(session.dirty):
        changes.subtract(_keys(_values(report, before=True)))
        changes.update(_keys(_values(report)))


@event.listens_for(CountingSession, "after_rollback")
def _forget_changes(session: PlainSession) -> None:
    session.info.pop(_NOTED, None)


@event.listens_for(CountingSession, "before_commit")
def _count_changes(session: PlainSession) -> None:
    """Count last of all and in one order: who waits here holds nothing that the others wait for."""
    session.flush()
    noted: Counter[_Key] = session.info.pop(_NOTED, Counter())
    changed = [
        {"dimension": dimension, "day": day, "value": value, "count": by}
        for (dimension, day, value), by in sorted(noted.items())
        if by
    ]
    if changed:
        module = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        adding = module.insert(_counts)
        total = _counts.c["count"] + adding.excluded["count"]
        session.connection().execute(
            adding.values(changed).on_conflict_do_update(
                index_elements=["dimension", "day", "value"], set_={"count": total}
            )
        )


@event.listens_for(CountingSession, "do_orm_execute")
def _refuse_statements(state: ORMExecuteState) -> None:
    """Stop a statement that would change reports behind the counts; raises TypeError."""
    if state.bind_mapper is None or state.bind_mapper.class_ is not Report or state.is_select:
        return
    statement = state.statement
    if not isinstance(statement, Update) or _COUNTED & statement.compile().params.keys():
        message = "reports are written as objects, so that they are counted"
        raise TypeError(message)


def _reports_in(objects: Collection[Any]) -> Iterator[Report]:
    return (one for one in objects if isinstance(one, Report))


def _values(report: Report, *, before: bool = False) -> dict[str, Any]:
    state = inspect(report)
    return {
        name: (state.attrs[name].history.deleted or [getattr(report, name)])[0]
        if before
        else getattr(report, name)
        for name in _COUNTED
    }


def _keys(values: Mapping[str, Any]) -> Iterator[_Key]:
    for dimension, column in _COLUMNS.items():
        found = values[column]
        for value in found if isinstance(found, list) else [found]:
            if value is not None:
                yield dimension.value, values["received_on"], str(value)


async def find_counts(
    session: AsyncSession, dimension: CountedBy, first: date, last: date, limit: int
) -> Sequence[tuple[str, int]]:
    """Return values and how many reports have each, the most frequent first; days inclusive."""
    total = func.sum(ReportCount.count)
    query = (
        select(ReportCount.value, total)
        .where(*_between(dimension, first, last))
        .group_by(col(ReportCount.value))
        .having(total > 0)
        .order_by(total.desc(), col(ReportCount.value))
        .limit(limit)
    )
    return [(value, int(count)) for value, count in await session.exec(query)]


async def find_counts_of_all(
    session: AsyncSession, dimensions: Collection[CountedBy], first: date, last: date
) -> Mapping[CountedBy, Mapping[str, int]]:
    """Return how many reports have each value of facts that have few; days inclusive."""
    query = (
        select(ReportCount.dimension, ReportCount.value, func.sum(ReportCount.count))
        .where(
            col(ReportCount.dimension).in_(dimensions), col(ReportCount.day).between(first, last)
        )
        .group_by(col(ReportCount.dimension), col(ReportCount.value))
    )
    found: dict[CountedBy, dict[str, int]] = {dimension: {} for dimension in dimensions}
    for dimension, value, count in await session.exec(query):
        found[CountedBy(dimension)][value] = int(count)
    return found


async def find_daily_counts(
    session: AsyncSession, dimension: CountedBy, first: date, last: date
) -> Sequence[tuple[date, str, int]]:
    """Return how many reports of each day have each value, in the order of the days."""
    query = (
        select(col(ReportCount.day), col(ReportCount.value), col(ReportCount.count))
        .where(*_between(dimension, first, last), ReportCount.count > 0)
        .order_by(col(ReportCount.day), col(ReportCount.value))
    )
    return (await session.exec(query)).all()


async def recount(session: AsyncSession) -> None:
    """Count all reports anew, for who wrote them past the sessions of db/units_of_work.py."""
    connection = await session.connection()
    await connection.execute(delete(_counts))
    for dimension, column in _COLUMNS.items():
        await connection.execute(
            _counts.insert().from_select(
                ["dimension", "day", "value", "count"], _counting(session, dimension, column)
            )
        )


def _counting(session: AsyncSession, dimension: CountedBy, column: str) -> Select[Any]:
    rows, source = _reports, cast("FromClause", _reports)
    value: ColumnElement[Any] = rows.c[column]
    if dimension is CountedBy.ASKED_FOR:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        unfolding = func.json_each if is_sqlite else func.json_array_elements_text
        wanted = unfolding(rows.c.asked_for).table_valued("value")
        value, source = wanted.c.value, rows.join(wanted, true())
    return (
        select_columns(literal(dimension.value), rows.c.received_on, value, func.count())
        .select_from(source)
        .where(value.is_not(None))
        .group_by(rows.c.received_on, value)
    )


def _between(dimension: CountedBy, first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    return (
        col(ReportCount.dimension) == dimension.value,
        col(ReportCount.day).between(first, last),
    )
