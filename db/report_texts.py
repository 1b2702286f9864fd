"""Reports found by any words in them, however many reports there are.

PostgreSQL finds pairs of neighbouring characters through an index: two are a word in Chinese, for
which an index of three (pg_trgm) is no help. The embedded database reads text after text.
See decision 0005.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ARRAY, DDL, Index, Table, Text, bindparam, event, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from db.reports import Report

_RECENT: Final = 5_000
"""Reports that are read one by one before the index is asked: words that are common are found
there, so that what the index has to find is rare."""
_FUNCTION: Final = """
CREATE FUNCTION report_grams(searched text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT gram), '{}') FROM (
    SELECT one || lead(one) OVER (ORDER BY at) AS gram
      FROM string_to_table(searched, NULL) WITH ORDINALITY AS pairs(one, at)
    UNION ALL
    SELECT one FROM string_to_table(searched, NULL) AS singles(one) WHERE ascii(one) > 127
  ) AS grams WHERE gram IS NOT NULL
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


def _sought(text: str) -> list[str]:
    """Return what the index holds of a text: its pairs say all that its characters say.

    A single character is a word by itself, unless it is of ASCII: that is in nearly every report.
    """
    if len(text) == 1:
        return [] if text.isascii() else [text]
    return sorted({text[at : at + 2] for at in range(len(text) - 1)})


async def find_texts(
    session: AsyncSession, queue: SelectOfScalar[Report], text: str, limit: int
) -> Sequence[Report]:
    """Return the first reports of a queue, which is in order, that hold a folded text."""
    holding = col(Report.search_text).contains(text, autoescape=True)
    if session.get_bind().dialect.name == "sqlite":
        return (await session.exec(queue.where(holding).limit(limit))).all()
    recent = queue.limit(_RECENT).with_only_columns(_table.c.id, _table.c.search_text).subquery()
    is_recent = recent.c.search_text.contains(text, autoescape=True)
    read = queue.join(recent, recent.c.id == col(Report.id)).where(is_recent)
    found = (await session.exec(read.limit(limit))).all()
    if len(found) == limit:
        return found
    matching = (
        select(Report.id)
        .where(_grams.op("@>")(bindparam("sought", _sought(text), ARRAY(Text))), holding)
        .cte()
        .prefix_with("MATERIALIZED")
    )
    listed = queue.join(matching, matching.c.id == col(Report.id))
    return (await session.exec(listed.limit(limit))).all()
