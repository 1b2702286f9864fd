"""exports of reports, webhooks and their deliveries.

Revision 0006_exports_and_webhooks, after 0005_queue.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0006_exports_and_webhooks"
down_revision = "0005_queue"
branch_labels = None
depends_on = None


_DELIVERY_INDEXES = (
    ("state", "next_attempt_at", "id"),
    ("webhook_id", "state", "next_attempt_at", "id"),
    ("created_at", "id"),
)


def _one_of(column: str, *words: str) -> str:
    return f"{column} IN ({', '.join(map(repr, words))})"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "fraud_export",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("actor", AutoString(length=200), nullable=False),
        sa.Column("format", AutoString(length=8), nullable=False),
        sa.Column("tlp", AutoString(length=16), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            _one_of("format", "csv", "stix", "misp"), name=op.f("ck_fraud_export_format")
        ),
        sa.CheckConstraint(
            _one_of("tlp", "clear", "green", "amber", "amber+strict", "red"),
            name=op.f("ck_fraud_export_tlp"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fraud_export")),
    )
    op.create_index(op.f("ix_fraud_export_started_at_id"), "fraud_export", ["started_at", "id"])

    op.create_table(
        "webhook",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("url", AutoString(length=2048), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", AutoString(length=200), nullable=False),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("removed_by", AutoString(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("webhook_id", AutoString(length=32), nullable=False),
        sa.Column("event", AutoString(length=32), nullable=False),
        sa.Column("payload", AutoString(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("state", AutoString(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UTCDateTime(), nullable=False),
        sa.Column("delivered_at", UTCDateTime(), nullable=True),
        sa.Column("problem", AutoString(length=200), nullable=True),
        sa.CheckConstraint(
            _one_of(
                "event",
                "report.received",
                "report.status_changed",
                "watchlist.hit",
                "surge",
                "case.changed",
                "webhook.test",
            ),
            name=op.f("ck_webhook_delivery_event"),
        ),
        sa.CheckConstraint(
            _one_of("state", "pending", "delivered", "dead"),
            name=op.f("ck_webhook_delivery_state"),
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id_webhook")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    for columns in _DELIVERY_INDEXES:
        name = op.f(f"ix_webhook_delivery_{'_'.join(columns)}")
        op.create_index(name, "webhook_delivery", list(columns))


def downgrade() -> None:
    """Undo."""
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
    op.drop_table("fraud_export")
