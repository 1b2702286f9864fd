"""Reports are counted by day and value, and their texts are found by pairs of characters.

Revision 0008_report_counts, after 0007_cases. Days of receipt of reports from before
are those of UTC; they get their cells of the map by `menshen reports index`.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0008_report_counts"
down_revision = "0007_cases"
branch_labels = None
depends_on = None

_DIMENSIONS: Final = ("day", "status", "severity", "kind", "asked_for", "agency", "cell")
# The same text as in db/report_texts.py: pairs of neighbouring characters, and single ones that
# are words by themselves.
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


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "report", sa.Column("received_on", sa.Date(), nullable=False, server_default="1970-01-01")
    )
    op.add_column("report", sa.Column("map_cell", AutoString(length=15), nullable=True))
    op.create_table(
        "report_count",
        sa.Column("dimension", AutoString(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", AutoString(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            f"dimension IN ({', '.join(map(repr, _DIMENSIONS))})",
            name=op.f("ck_report_count_dimension"),
        ),
        sa.PrimaryKeyConstraint("dimension", "day", "value", name=op.f("pk_report_count")),
    )
    connection = op.get_bind()
    op.execute("UPDATE report SET received_on = date(received_at)")
    is_sqlite = connection.dialect.name == "sqlite"
    _fill_counts("json_each" if is_sqlite else "json_array_elements_text")
    if not is_sqlite:
        op.alter_column("report", "received_on", server_default=None)
        op.execute(_FUNCTION)
        op.create_index(
            "ix_report_search_grams",
            "report",
            [sa.text("report_grams(search_text)")],
            postgresql_using="gin",
        )


def downgrade() -> None:
    """Undo."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_index("ix_report_search_grams", "report")
        op.execute("DROP FUNCTION report_grams")
    op.drop_table("report_count")
    op.drop_column("report", "map_cell")
    op.drop_column("report", "received_on")


def _fill_counts(unfolding: str) -> None:
    for dimension in _DIMENSIONS[1:]:
        value, more = f"report.{'map_cell' if dimension == 'cell' else dimension}", ""
        if dimension == "asked_for":
            value, more = "wanted.value", f", {unfolding}(report.asked_for) AS wanted(value)"
            if unfolding == "json_each":
                more = f", {unfolding}(report.asked_for) AS wanted"
        op.execute(
            f"INSERT INTO report_count (dimension, day, value, count) "  # noqa: S608 - our own names
            f"SELECT '{dimension}', report.received_on, {value}, count(*) FROM report{more} "
            f"WHERE {value} IS NOT NULL GROUP BY report.received_on, {value}"
        )
