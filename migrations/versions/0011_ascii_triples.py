"""Texts of reports are found by three neighbouring digits or Latin letters, too.

Revision 0011_ascii_triples, after 0010_accepted_checks. With a million reports the index takes
three minutes or more to make, and no report comes in meanwhile: do it in a quiet hour.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0011_ascii_triples"
down_revision = "0010_accepted_checks"
branch_labels = None
depends_on = None

_PAIRS: Final = """
CREATE OR REPLACE FUNCTION report_grams(searched text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT gram), '{}') FROM (
    SELECT one || lead(one) OVER (ORDER BY at) AS gram
      FROM string_to_table(searched, NULL) WITH ORDINALITY AS pairs(one, at)
    UNION ALL
    SELECT one FROM string_to_table(searched, NULL) AS singles(one) WHERE ascii(one) > 127
  ) AS grams WHERE gram IS NOT NULL
$$
"""
# The same text as in db/report_texts.py.
_TRIPLES: Final = """
CREATE OR REPLACE FUNCTION report_grams(searched text) RETURNS text[]
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


def upgrade() -> None:
    """Apply."""
    _index_by(_TRIPLES)


def downgrade() -> None:
    """Undo."""
    _index_by(_PAIRS)


def _index_by(function: str) -> None:
    """Make the index anew, by another function of the same name."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.drop_index("ix_report_search_grams", "report")
    op.execute(function)
    op.create_index(
        "ix_report_search_grams",
        "report",
        [sa.text("report_grams(search_text)")],
        postgresql_using="gin",
    )
