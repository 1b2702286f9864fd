"""Reports found by any words in them, however many reports there are.

PostgreSQL finds pairs of neighbouring characters through an index: two are a word in Chinese, for
which an index of three (pg_trgm) is no help. Of digits and Latin letters there are few, so that
every pair of them is common: there it finds three. The embedded database reads text after text.
See decision 0005.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ARRAY, DDL, ColumnElement, Index, Table, Text, bindparam, event, func
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from db.reports import Report

_NEWEST: Final = (1_000, 10_000)
"""So many of the newest are read one by one before the index is asked, the second only where what
the first held lets a whole page be expected: what the index has to find is rare, then."""
_FUNCTION: Final = """
CREATE FUNCTION report_grams(searched text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  WITH grams AS (
    SELECT one, one || lead(one) OVER ahead AS two,
           one || lead(one) OVER ahead || lead(one, 2) OVER ahead AS three
      FROM string_to_table(searched, NULL) WITH ORDINALITY AS characters(one, at)
    WINDOW ahead AS (ORDER BY at)
  )
  SELECT ARRAY(
    SELECT one FROM grams WHERE octet_length(one) > 1
    UNION ALL SELECT two FROM grams WHERE two IS NOT NULL
    UNION ALL SELECT three FROM grams WHERE octet_length(three) = 3
  )
$$
"""

_table: Final[Table] = Report.__table__  # type: ignore[attr-defined] # SQLModel adds it
_grams: Final = func.report_grams(_table.c.search_text)
_making: Final = DDL(_FUNCTION).execute_if(dialect="postgresql")  # type: ignore[no-untyped-call] # theirs to type
event.listen(_table, "before_create", _making)
SEARCH_INDEX: Final = Index("ix_report_search_grams", _grams, postgresql_using="gin").ddl_if(
    dialect="postgresql"
)
"""What finds words; PostgreSQL's alone."""


def sought_grams(text: str) -> list[str]:
    """Return what the index holds of a text: its pairs say all that its characters say.

    So do triples of what pairs of ASCII say. A single character is a word by itself, unless it is
    of ASCII: that is in nearly every report.
    """
    if len(text) == 1:
        return [] if text.isascii() else [text]
    triples = [at for at in range(len(text) - 2) if text[at : at + 3].isascii()]
    told = {pair for at in triples for pair in (at, at + 1)}
    pairs = (at for at in range(len(text) - 1) if at not in told)
    return sorted({text[at : at + 3] for at in triples} | {text[at : at + 2] for at in pairs})


async def find_texts(
    session: AsyncSession,
    queue: SelectOfScalar[Report],
    order: Sequence[ColumnElement[Any]],
    text: str,
    limit: int,
) -> Sequence[Report]:
    """Return the first reports of a queue, which is in that order, that hold a folded text."""
    holding = col(Report.search_text).contains(text, autoescape=True)
    if session.get_bind().dialect.name == "sqlite":
        return (await session.exec(queue.where(holding).limit(limit))).all()
    for newest in _NEWEST:
        found = await _among_newest(session, queue, newest, text, limit)
        if len(found) == limit:
            return found
        if len(found) * _NEWEST[-1] < limit * newest:
            break
    ranked = (
        queue.with_only_columns(_table.c.id, func.row_number().over(order_by=order).label("rank"))
        .where(_grams.op("@>")(bindparam("sought", sought_grams(text), ARRAY(Text))), holding)
        .order_by(None)
        .cte()
        .prefix_with("MATERIALIZED")
    )
    listed = queue.join(ranked, ranked.c.id == col(Report.id)).where(ranked.c.rank <= limit)
    return (await session.exec(listed)).all()


async def _among_newest(
    session: AsyncSession, queue: SelectOfScalar[Report], newest: int, text: str, limit: int
) -> Sequence[Report]:
    read = queue.limit(newest).with_only_columns(_table.c.id, _table.c.search_text).subquery()
    holding = read.c.search_text.contains(text, autoescape=True)
    listed = queue.join(read, read.c.id == col(Report.id)).where(holding)
    return (await session.exec(listed.limit(limit))).all()
