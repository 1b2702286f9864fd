"""Who has worked in the fraud team lately."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table


class Analyst(Table, table=True):
    """An analyst, and when he was last here, to about a day."""

    subject: str = Field(primary_key=True, max_length=200)
    seen_at: datetime


async def find_analysts(session: AsyncSession, since: datetime) -> Sequence[str]:
    """Return who has been here since, by name."""
    found = select(Analyst.subject).where(col(Analyst.seen_at) >= since)
    return (await session.exec(found.order_by(Analyst.subject))).all()
