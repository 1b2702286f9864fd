"""A scan finds the accepted checks of its reference, however many forged ones there are.

Revision 0010_accepted_checks, after 0009_work_figures. With millions of checks the index takes a
minute or more to make, and no scan is answered meanwhile: do it in a quiet hour.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0010_accepted_checks"
down_revision = "0009_work_figures"
branch_labels = None
depends_on = None

_INDEX: Final = "ix_verification_ref_checked_at"
_REASONS: Final = (
    "authorised",
    "authorised_for_you",
    "different_visit",
    "lone_visitor",
    "outside_window",
    "seen_elsewhere",
    "under_review",
)
_ACCEPTED: Final = sa.text(f"coalesce(reason IN ({', '.join(map(repr, _REASONS))}), FALSE)")


def upgrade() -> None:
    """Apply."""
    op.drop_index(op.f(_INDEX), "verification")
    op.create_index(
        op.f(_INDEX),
        "verification",
        ["ref", "checked_at"],
        sqlite_where=_ACCEPTED,
        postgresql_where=_ACCEPTED,
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f(_INDEX), "verification")
    op.create_index(op.f(_INDEX), "verification", ["ref", "checked_at"])
