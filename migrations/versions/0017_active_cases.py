"""Cases are found by when they were at work: reports that tell little are compared with those.

Revision 0017_active_cases, after 0016_case_profiles.
"""

from alembic import op

revision = "0017_active_cases"
down_revision = "0016_case_profiles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(op.f("ix_fraud_case_last_at"), "fraud_case", ["last_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_fraud_case_last_at"), "fraud_case")
