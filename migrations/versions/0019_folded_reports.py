"""The index of what a report is folded under has the folded ones only.

Revision 0019_folded_reports, after 0018_scores_of_places.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0019_folded_reports"
down_revision = "0018_scores_of_places"
branch_labels = None
depends_on = None

_INDEX: Final = "ix_report_duplicate_of"
_FOLDED: Final = sa.text("duplicate_of IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    op.drop_index(_INDEX, "report")
    op.create_index(
        _INDEX, "report", ["duplicate_of"], sqlite_where=_FOLDED, postgresql_where=_FOLDED
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(_INDEX, "report")
    op.create_index(_INDEX, "report", ["duplicate_of"])
