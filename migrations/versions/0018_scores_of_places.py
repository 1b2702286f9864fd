"""A linked report has its cells beside its score, so that a place is listed by score from an index.

Revision 0018_scores_of_places, after 0017_active_cases.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018_scores_of_places"
down_revision = "0017_active_cases"
branch_labels = None
depends_on = None

_COLUMNS = ("cell", "area", "map_cell")


def upgrade() -> None:
    """Apply."""
    for column in _COLUMNS:
        op.add_column("linked_report", sa.Column(column, sa.String(length=15), nullable=True))
    linked = sa.table("linked_report", sa.column("report_id"), *map(sa.column, _COLUMNS))
    report = sa.table("report", sa.column("id"), *map(sa.column, _COLUMNS))
    places = {
        column: sa.select(report.c[column])
        .where(report.c.id == linked.c.report_id)
        .scalar_subquery()
        for column in _COLUMNS
    }
    op.execute(sa.update(linked).values(places))
    for column in _COLUMNS:
        op.create_index(
            op.f(f"ix_linked_report_{column}_score_received_at_report_id"),
            "linked_report",
            [column, "score", "received_at", "report_id"],
        )


def downgrade() -> None:
    """Undo."""
    for column in _COLUMNS:
        op.drop_index(
            op.f(f"ix_linked_report_{column}_score_received_at_report_id"), "linked_report"
        )
    with op.batch_alter_table("linked_report") as table:
        for column in _COLUMNS:
            table.drop_column(column)
