"""A linked report has its place beside its score, so that a place is listed by score from an index.

Revision 0018_scores_of_places, after 0017_active_cases.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018_scores_of_places"
down_revision = "0017_active_cases"
branch_labels = None
depends_on = None

_CELLS = ("cell", "area", "map_cell")
_PLACE = ("latitude", "longitude")
_COLUMNS = (*_CELLS, *_PLACE)


def upgrade() -> None:
    """Apply."""
    for cell in _CELLS:
        op.add_column("linked_report", sa.Column(cell, sa.String(length=15), nullable=True))
    for degrees in _PLACE:
        op.add_column("linked_report", sa.Column(degrees, sa.Float(), nullable=True))
    linked = sa.table("linked_report", sa.column("report_id"), *map(sa.column, _COLUMNS))
    report = sa.table("report", sa.column("id"), *map(sa.column, _COLUMNS))
    places = {
        column: sa.select(report.c[column])
        .where(report.c.id == linked.c.report_id)
        .scalar_subquery()
        for column in _COLUMNS
    }
    op.execute(sa.update(linked).values(places))
    for cell in _CELLS:
        op.create_index(
            f"ix_linked_report_of_{cell}",
            "linked_report",
            [cell, "score", "received_at", "report_id", *_PLACE],
        )


def downgrade() -> None:
    """Undo."""
    for cell in _CELLS:
        op.drop_index(f"ix_linked_report_of_{cell}", "linked_report")
    with op.batch_alter_table("linked_report") as table:
        for column in _COLUMNS:
            table.drop_column(column)
