"""reports of suspicious visitors.

Revision 0002_reports, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0002_reports"
down_revision = "0001"
branch_labels = None
depends_on = None

_FILTERED = ("status", "severity", "kind", "phone_folded", "badge_number_folded")


def _one_of(column: str, *words: str) -> str:
    return f"{column} IN ({', '.join(map(repr, words))})"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "report",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("tracking_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", AutoString(length=16), nullable=False),
        sa.Column("severity", AutoString(length=16), nullable=False),
        sa.Column("kind", AutoString(length=16), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("occurred_at", UTCDateTime(), nullable=False),
        sa.Column("description", AutoString(length=4096), nullable=False),
        sa.Column("asked_for", sa.JSON(), nullable=False),
        sa.Column("claimed_name", AutoString(length=200), nullable=True),
        sa.Column("badge_number", AutoString(length=64), nullable=True),
        sa.Column("badge_number_folded", AutoString(length=256), nullable=True),
        sa.Column("agency", AutoString(length=200), nullable=True),
        sa.Column("phone", AutoString(length=64), nullable=True),
        sa.Column("phone_folded", AutoString(length=64), nullable=True),
        sa.Column("plate", AutoString(length=64), nullable=True),
        sa.Column("organisation", AutoString(length=200), nullable=True),
        sa.Column("payee", AutoString(length=200), nullable=True),
        sa.Column("url", AutoString(length=2048), nullable=True),
        sa.Column("search_text", AutoString(), nullable=False),
        sa.Column("place_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("verification_id", AutoString(length=32), nullable=True),
        sa.Column("evidence_count", sa.Integer(), nullable=False),
        sa.Column("language", AutoString(length=8), nullable=False),
        sa.CheckConstraint(
            _one_of(
                "status",
                "new",
                "triaged",
                "investigating",
                "confirmed",
                "dismissed",
                "withdrawn",
            ),
            name=op.f("ck_report_status"),
        ),
        sa.CheckConstraint(
            _one_of("severity", "low", "medium", "high", "critical"),
            name=op.f("ck_report_severity"),
        ),
        sa.CheckConstraint(
            _one_of("kind", "impersonation", "misconduct"), name=op.f("ck_report_kind")
        ),
        sa.CheckConstraint(
            _one_of("language", "zh-Hant", "zh-Hans", "en"), name=op.f("ck_report_language")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("tracking_hash", name=op.f("uq_report_tracking_hash")),
    )
    op.create_index(op.f("ix_report_received_at_id"), "report", ["received_at", "id"])
    for column in _FILTERED:
        name = op.f(f"ix_report_{column}_received_at_id")
        op.create_index(name, "report", [column, "received_at", "id"])
    op.create_index(op.f("ix_report_verification_id"), "report", ["verification_id"])
    op.create_table(
        "report_evidence",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("report_id", AutoString(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", AutoString(length=64), nullable=False),
        sa.Column("media_type", AutoString(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_evidence_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_evidence")),
        sa.UniqueConstraint("sha256", name=op.f("uq_report_evidence_sha256")),
    )
    op.create_index(op.f("ix_report_evidence_report_id"), "report_evidence", ["report_id"])
    op.create_table(
        "report_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", AutoString(length=32), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", AutoString(length=200), nullable=False),
        sa.Column("kind", AutoString(length=20), nullable=False),
        sa.Column("text", AutoString(length=4096), nullable=False),
        sa.CheckConstraint(
            _one_of(
                "kind",
                "received",
                "status",
                "severity",
                "kind",
                "note",
                "message",
                "contact_revealed",
            ),
            name=op.f("ck_report_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_event_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_event")),
    )
    op.create_index(op.f("ix_report_event_report_id_id"), "report_event", ["report_id", "id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("report_event")
    op.drop_table("report_evidence")
    op.drop_table("report")
