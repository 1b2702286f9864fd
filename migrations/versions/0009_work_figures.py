"""How soon reports are looked at and closed, and whether their automatic links stood.

Revision 0009_work_figures, after 0008_report_counts. Reports from before are not timed: only what
is done from now on is.
"""

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0009_work_figures"
down_revision = "0008_report_counts"
branch_labels = None
depends_on = None

_BEFORE: Final = ("day", "status", "severity", "kind", "asked_for", "agency", "cell")
_ADDED: Final = ("time_to_look", "time_to_close", "automatic_link")
_COLUMNS: Final = (
    ("looked_after", sa.Integer()),
    ("closed_after", sa.Integer()),
    ("link_verdict", AutoString(length=8)),
)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("report") as report:
        for name, kind in _COLUMNS:
            report.add_column(sa.Column(name, kind, nullable=True))
        report.create_check_constraint(
            op.f("ck_report_link_verdict"),
            "link_verdict IN ('stood', 'fell') OR link_verdict IS NULL",
        )
    _count_by((*_BEFORE, *_ADDED))


def downgrade() -> None:
    """Undo."""
    counts = sa.table("report_count", sa.column("dimension"))
    op.execute(counts.delete().where(counts.c.dimension.in_(_ADDED)))
    _count_by(_BEFORE)
    with op.batch_alter_table("report") as report:
        report.drop_constraint(op.f("ck_report_link_verdict"), type_="check")
        for name, _ in _COLUMNS:
            report.drop_column(name)


def _count_by(dimensions: Iterable[str]) -> None:
    name = op.f("ck_report_count_dimension")
    with op.batch_alter_table("report_count") as counts:
        counts.drop_constraint(name, type_="check")
        counts.create_check_constraint(name, f"dimension IN ({', '.join(map(repr, dimensions))})")
