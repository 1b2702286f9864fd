"""cases, why reports are linked, what is still to be linked, reports per area and day.

Revision 0007_cases, after 0006_exports_and_webhooks. Reports from before are put down to be linked.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0007_cases"
down_revision = "0006_exports_and_webhooks"
branch_labels = None
depends_on = None

_KEYS = ("phone", "plate", "badge", "payee", "code_origin", "name", "skeleton", "cell")
_ACTS = ("opened", "joined", "left", "merged", "split", "pinned", "unpinned")
_TABLES = (
    "area_day",
    "case_event",
    "case_barrier",
    "case_bridge",
    "case_link",
    "link_task",
    "link_key",
    "linked_report",
    "fraud_case",
)


def _one_of(column: str, *words: str) -> str:
    return f"{column} IN ({', '.join(map(repr, words))})"


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def _of_report(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_report_id_report")
    return sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=name)


def _of_case(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_case_id_fraud_case")
    return sa.ForeignKeyConstraint(["case_id"], ["fraud_case.id"], name=name)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "fraud_case",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("first_at", UTCDateTime(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.Column("report_count", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("merged_into", AutoString(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fraud_case")),
    )
    _index("fraud_case", "is_open", "updated_at", "id")
    _index("fraud_case", "is_open", "score", "updated_at", "id")
    op.create_table(
        "linked_report",
        sa.Column("report_id", AutoString(length=32), nullable=False),
        sa.Column("case_id", AutoString(length=32), nullable=True),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("occurred_at", UTCDateTime(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("traits", sa.JSON(), nullable=False),
        _of_report("linked_report"),
        _of_case("linked_report"),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_linked_report")),
    )
    _index("linked_report", "case_id", "occurred_at", "report_id")
    _index("linked_report", "score", "received_at", "report_id")
    op.create_table(
        "link_key",
        sa.Column("report_id", AutoString(length=32), nullable=False),
        sa.Column("kind", AutoString(length=16), nullable=False),
        sa.Column("value", AutoString(length=256), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(_one_of("kind", *_KEYS), name=op.f("ck_link_key_kind")),
        _of_report("link_key"),
        sa.PrimaryKeyConstraint("report_id", "kind", "value", name=op.f("pk_link_key")),
    )
    _index("link_key", "kind", "value", "at", "report_id")
    op.create_table(
        "link_task",
        sa.Column("report_id", AutoString(length=32), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("look", sa.Integer(), nullable=False),
        _of_report("link_task"),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_link_task")),
    )
    _index("link_task", "due_at", "report_id")
    op.create_table(
        "case_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", AutoString(length=32), nullable=False),
        sa.Column("report_id", AutoString(length=32), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", AutoString(length=200), nullable=False),
        sa.Column("bits", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("is_possible", sa.Boolean(), nullable=False),
        _of_case("case_link"),
        _of_report("case_link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_link")),
    )
    _index("case_link", "report_id")
    _index("case_link", "case_id", "id")
    op.create_table(
        "case_bridge",
        sa.Column("one", AutoString(length=32), nullable=False),
        sa.Column("other", AutoString(length=32), nullable=False),
        sa.Column("kind", AutoString(length=16), nullable=False),
        sa.Column("value", AutoString(length=256), nullable=False),
        sa.PrimaryKeyConstraint("one", "other", "kind", "value", name=op.f("pk_case_bridge")),
    )
    _index("case_bridge", "other")
    op.create_table(
        "case_barrier",
        sa.Column("one", AutoString(length=32), nullable=False),
        sa.Column("other", AutoString(length=32), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", AutoString(length=200), nullable=False),
        sa.PrimaryKeyConstraint("one", "other", name=op.f("pk_case_barrier")),
    )
    _index("case_barrier", "other")
    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", AutoString(length=32), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", AutoString(length=200), nullable=False),
        sa.Column("kind", AutoString(length=16), nullable=False),
        sa.Column("text", AutoString(length=4096), nullable=False),
        sa.Column("report_ids", sa.JSON(), nullable=False),
        sa.CheckConstraint(_one_of("kind", *_ACTS), name=op.f("ck_case_event_kind")),
        _of_case("case_event"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    _index("case_event", "case_id", "id")
    op.create_table(
        "area_day",
        sa.Column("area", AutoString(length=15), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=True),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("surged_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("area", "day", name=op.f("pk_area_day")),
    )
    _index("area_day", "surged_at", "area")
    op.execute(
        "INSERT INTO link_task (report_id, due_at, look) SELECT id, received_at, 0 FROM report"
    )


def downgrade() -> None:
    """Undo."""
    for table in _TABLES:
        op.drop_table(table)
