"""Who has worked in the fraud team lately, so that no report is handed over to nobody.

Revision 0012_analysts, after 0011_ascii_triples. Whoever has worked on reports before counts as
seen at the upgrade. Reading that takes a look at every line of history.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from domain.clock import system_clock

revision = "0012_analysts"
down_revision = "0011_ascii_triples"
branch_labels = None
depends_on = None

_ACTS = ("assignee", "closing", "police_reference", "hold", "contact_revealed")
"""What only analysts do."""


def upgrade() -> None:
    """Apply."""
    made = op.create_table(
        "analyst",
        sa.Column("subject", AutoString(length=200), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_analyst")),
    )
    looks = sa.table("queue_look", sa.column("subject"))
    events = sa.table("report_event", sa.column("actor"), sa.column("kind"))
    found = sa.union(
        sa.select(looks.c.subject), sa.select(events.c.actor).where(events.c.kind.in_(_ACTS))
    )
    now = system_clock()
    rows = [{"subject": subject, "seen_at": now} for subject in op.get_bind().scalars(found)]
    op.bulk_insert(made, rows)


def downgrade() -> None:
    """Undo."""
    op.drop_table("analyst")
