"""What a case's reports told, kept beside it: a new report is compared with that, and with others.

Revision 0016_case_profiles, after 0015_scores_of_misconduct. Cases from before are given theirs by
the linker when it meets them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016_case_profiles"
down_revision = "0015_scores_of_misconduct"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "case_profile",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["fraud_case.id"], name=op.f("fk_case_profile_case_id_fraud_case")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_profile")),
    )
    op.create_index(
        op.f("ix_linked_report_received_at_report_id"),
        "linked_report",
        ["received_at", "report_id"],
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_linked_report_received_at_report_id"), "linked_report")
    op.drop_table("case_profile")
