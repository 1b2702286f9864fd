"""Retention finds what held reports came from without a look at all reports.

Revision 0014_held_reports, after 0013_map_cells.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0014_held_reports"
down_revision = "0013_map_cells"
branch_labels = None
depends_on = None

_INDEX: Final = "ix_report_held_verification_id"


def upgrade() -> None:
    """Apply."""
    op.create_index(
        _INDEX,
        "report",
        ["verification_id"],
        sqlite_where=sa.text("is_held = 1"),
        postgresql_where=sa.text("is_held"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(_INDEX, "report")
