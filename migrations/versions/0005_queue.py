"""working the queue: duplicates, assignment, clocks, closing by two, custody of evidence.

Revision 0005_queue, after 0003_indicators.
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0005_queue"
down_revision = "0003_indicators"
branch_labels = None
depends_on = None

_STATUSES = ("new", "triaged", "investigating", "confirmed", "dismissed", "withdrawn")
_EVENTS_BEFORE = (
    "received",
    "status",
    "severity",
    "kind",
    "note",
    "message",
    "contact_revealed",
)
_EVENTS_ADDED = (
    "addition",
    "assignee",
    "closing",
    "police_reference",
    "hold",
    "duplicate",
    "original_opened",
    "pack",
)
_CUSTODY = ("received", "viewed", "original_opened", "exported", "original_exported")
_HOURS = {"critical": 4, "high": 24, "medium": 72, "low": 168}
_ORDERED = ("assignee", "closing")
_COLUMNS = (
    ("assignee", AutoString(length=200)),
    ("due_at", UTCDateTime()),
    ("police_reference", AutoString(length=200)),
    ("entered_by", AutoString(length=200)),
    ("closing", AutoString(length=16)),
    ("closing_by", AutoString(length=200)),
    ("closing_at", UTCDateTime()),
    ("facts_hash", sa.LargeBinary()),
    ("duplicate_of", AutoString(length=32)),
)
_COUNTS = ("duplicate_count", "addition_count")


def _one_of(column: str, *words: str) -> str:
    return f"{column} IN ({', '.join(map(repr, words))})"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("report") as report:
        for name, kind in _COLUMNS:
            report.add_column(sa.Column(name, kind, nullable=True))
        report.add_column(sa.Column("is_held", sa.Boolean(), nullable=False, server_default="0"))
        for name in _COUNTS:
            report.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        report.create_foreign_key(
            op.f("fk_report_duplicate_of_report"), "report", ["duplicate_of"], ["id"]
        )
        report.create_check_constraint(
            op.f("ck_report_closing"), f"{_one_of('closing', *_STATUSES)} OR closing IS NULL"
        )
    with op.batch_alter_table("report") as report:
        for name in ("is_held", *_COUNTS):
            report.alter_column(name, server_default=None)
    for column in _ORDERED:
        name = op.f(f"ix_report_{column}_received_at_id")
        op.create_index(name, "report", [column, "received_at", "id"])
    op.create_index(op.f("ix_report_due_at_id"), "report", ["due_at", "id"])
    name = op.f("ix_report_assignee_due_at_id")
    op.create_index(name, "report", ["assignee", "due_at", "id"])
    op.create_index(
        op.f("ix_report_facts_hash_occurred_at"), "report", ["facts_hash", "occurred_at"]
    )
    op.create_index(op.f("ix_report_duplicate_of"), "report", ["duplicate_of"])
    _set_due()
    with op.batch_alter_table("report_evidence") as evidence:
        evidence.add_column(sa.Column("original_file", AutoString(length=64), nullable=True))
        evidence.add_column(sa.Column("original_sha256", AutoString(length=64), nullable=True))
        evidence.add_column(sa.Column("original_bytes", sa.Integer(), nullable=True))
        evidence.create_unique_constraint(
            op.f("uq_report_evidence_original_file"), ["original_file"]
        )
    with op.batch_alter_table("report_event") as event:
        event.drop_constraint(op.f("ck_report_event_kind"), type_="check")
        event.create_check_constraint(
            op.f("ck_report_event_kind"), _one_of("kind", *_EVENTS_BEFORE, *_EVENTS_ADDED)
        )
    op.create_table(
        "evidence_custody",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", AutoString(length=32), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", AutoString(length=200), nullable=False),
        sa.Column("kind", AutoString(length=20), nullable=False),
        sa.Column("text", AutoString(length=200), nullable=False),
        sa.CheckConstraint(_one_of("kind", *_CUSTODY), name=op.f("ck_evidence_custody_kind")),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["report_evidence.id"],
            name=op.f("fk_evidence_custody_evidence_id_report_evidence"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_custody")),
    )
    op.create_index(
        op.f("ix_evidence_custody_evidence_id_id"), "evidence_custody", ["evidence_id", "id"]
    )
    op.create_table(
        "queue_look",
        sa.Column("subject", AutoString(length=200), nullable=False),
        sa.Column("looked_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_queue_look")),
    )


def _set_due() -> None:
    """Give the reports that are open their time, as new ones get it."""
    reports = sa.table(
        "report",
        sa.column("id"),
        sa.column("severity"),
        sa.column("status"),
        sa.column("received_at", UTCDateTime()),
        sa.column("due_at", UTCDateTime()),
    )
    connection = op.get_bind()
    opened = sa.select(reports.c.id, reports.c.severity, reports.c.received_at).where(
        reports.c.status.in_(_STATUSES[:3])
    )
    for report_id, severity, received_at in connection.execute(opened).all():
        due_at = received_at + timedelta(hours=_HOURS[severity])
        connection.execute(reports.update().where(reports.c.id == report_id).values(due_at=due_at))


def downgrade() -> None:
    """Undo; what was done in the new ways goes."""
    op.drop_table("queue_look")
    op.drop_table("evidence_custody")
    events = sa.table("report_event", sa.column("kind"))
    op.execute(events.delete().where(events.c.kind.not_in(_EVENTS_BEFORE)))
    with op.batch_alter_table("report_event") as event:
        event.drop_constraint(op.f("ck_report_event_kind"), type_="check")
        event.create_check_constraint(
            op.f("ck_report_event_kind"), _one_of("kind", *_EVENTS_BEFORE)
        )
    with op.batch_alter_table("report_evidence") as evidence:
        evidence.drop_constraint(op.f("uq_report_evidence_original_file"), type_="unique")
        for name in ("original_file", "original_sha256", "original_bytes"):
            evidence.drop_column(name)
    op.drop_index(op.f("ix_report_duplicate_of"), "report")
    op.drop_index(op.f("ix_report_facts_hash_occurred_at"), "report")
    op.drop_index(op.f("ix_report_assignee_due_at_id"), "report")
    op.drop_index(op.f("ix_report_due_at_id"), "report")
    for column in _ORDERED:
        op.drop_index(op.f(f"ix_report_{column}_received_at_id"), "report")
    with op.batch_alter_table("report") as report:
        report.drop_constraint(op.f("ck_report_closing"), type_="check")
        report.drop_constraint(op.f("fk_report_duplicate_of_report"), type_="foreignkey")
        for name in ("is_held", *_COUNTS, *(name for name, _ in _COLUMNS)):
            report.drop_column(name)
