"""indicators of reports, where on the grid a report is, watchlist, sightings.

Revision 0003_indicators, after 0002_reports. Reports from before get theirs by
`menshen reports index`, which knows the country of the numbers in them.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0003_indicators"
down_revision = "0002_reports"
branch_labels = None
depends_on = None

_CELLS = ("cell", "area")
_INDICATORS = ("phone", "plate", "badge", "alias", "agency", "payee", "url", "code_origin")
_SIGHTINGS = (
    "unknown_badge",
    "name_mismatch",
    "lost_badge",
    "foreign_origin",
    "forged_code",
    "expired_code",
    "revoked",
    "not_authorised",
    "outside_slot",
    "far_apart",
    "watchlist_hit",
)


def _one_of(column: str, *words: str) -> str:
    return f"{column} IN ({', '.join(map(repr, words))})"


def upgrade() -> None:
    """Apply."""
    for column in _CELLS:
        op.add_column("report", sa.Column(column, AutoString(length=15), nullable=True))
        name = op.f(f"ix_report_{column}_received_at_id_latitude_longitude")
        columns = [column, "received_at", "id", "latitude", "longitude"]
        op.create_index(name, "report", columns)
    op.create_table(
        "report_indicator",
        sa.Column("report_id", AutoString(length=32), nullable=False),
        sa.Column("kind", AutoString(length=16), nullable=False),
        sa.Column("value", AutoString(length=200), nullable=False),
        sa.Column("shown", AutoString(length=2048), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            _one_of("kind", *_INDICATORS),
            name=op.f("ck_report_indicator_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_indicator_report_id_report")
        ),
        sa.PrimaryKeyConstraint("report_id", "kind", "value", name=op.f("pk_report_indicator")),
    )
    op.create_index(
        op.f("ix_report_indicator_kind_value_received_at_report_id"),
        "report_indicator",
        ["kind", "value", "received_at", "report_id"],
    )
    op.create_table(
        "watchlist_entry",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("kind", AutoString(length=16), nullable=False),
        sa.Column("value", AutoString(length=200), nullable=False),
        sa.Column("shown", AutoString(length=2048), nullable=False),
        sa.Column("note", AutoString(length=4096), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("registry_match", AutoString(length=200), nullable=True),
        sa.Column("is_effective", sa.Boolean(), nullable=False),
        sa.Column("added_by", AutoString(length=200), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("approved_by", AutoString(length=200), nullable=True),
        sa.Column("approved_at", UTCDateTime(), nullable=True),
        sa.Column("removed_by", AutoString(length=200), nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            _one_of("kind", *_INDICATORS, "device"), name=op.f("ck_watchlist_entry_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watchlist_entry")),
    )
    op.create_index(op.f("ix_watchlist_entry_kind_value"), "watchlist_entry", ["kind", "value"])
    op.create_index(op.f("ix_watchlist_entry_added_at_id"), "watchlist_entry", ["added_at", "id"])
    op.create_index(
        op.f("ix_watchlist_entry_registry_match"), "watchlist_entry", ["registry_match"]
    )
    op.create_table(
        "sighting",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("kind", AutoString(length=20), nullable=False),
        sa.Column("verification_id", AutoString(length=32), nullable=False),
        sa.Column("badge_number", AutoString(length=64), nullable=True),
        sa.Column("badge_number_folded", AutoString(length=200), nullable=True),
        sa.Column("origin", AutoString(length=200), nullable=True),
        sa.Column("entry_id", AutoString(length=32), nullable=True),
        sa.Column("cell", AutoString(length=15), nullable=True),
        sa.Column("area", AutoString(length=15), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("client_hash", sa.LargeBinary(), nullable=True),
        sa.Column("once_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(_one_of("kind", *_SIGHTINGS), name=op.f("ck_sighting_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
        sa.UniqueConstraint("once_hash", name=op.f("uq_sighting_once_hash")),
    )
    op.create_index(op.f("ix_sighting_verification_id"), "sighting", ["verification_id"])
    op.create_index(op.f("ix_sighting_at_id"), "sighting", ["at", "id"])
    for column in ("kind", "badge_number_folded", "origin"):
        op.create_index(op.f(f"ix_sighting_{column}_at_id"), "sighting", [column, "at", "id"])
    for column in _CELLS:
        name = op.f(f"ix_sighting_{column}_at_id_latitude_longitude")
        op.create_index(name, "sighting", [column, "at", "id", "latitude", "longitude"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("sighting")
    op.drop_table("watchlist_entry")
    op.drop_table("report_indicator")
    for column in _CELLS:
        op.drop_index(op.f(f"ix_report_{column}_received_at_id_latitude_longitude"), "report")
        op.drop_column("report", column)
