"""The reports of a cell of the map are read in the order of the queue.

Revision 0013_map_cells, after 0012_analysts.
"""

from alembic import op

revision = "0013_map_cells"
down_revision = "0012_analysts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(
        op.f("ix_report_map_cell_received_at_id"), "report", ["map_cell", "received_at", "id"]
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_report_map_cell_received_at_id"), "report")
