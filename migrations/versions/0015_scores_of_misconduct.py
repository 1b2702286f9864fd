"""Reports that were left out of linking get a score, too: else no list by score has them.

Revision 0015_scores_of_misconduct, after 0014_held_reports. Misconduct was not linked, so that it
had no score either.
"""

from alembic import op

revision = "0015_scores_of_misconduct"
down_revision = "0014_held_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(
        "INSERT INTO link_task (report_id, due_at, look) SELECT id, received_at, 0 FROM report "
        "WHERE NOT EXISTS (SELECT 1 FROM linked_report WHERE report_id = report.id) "
        "AND NOT EXISTS (SELECT 1 FROM link_task WHERE report_id = report.id)"
    )


def downgrade() -> None:
    """Undo: there is nothing to undo."""
