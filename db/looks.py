"""When each analyst last looked at the queue."""

from datetime import datetime

from sqlmodel import Field
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table


class QueueLook(Table, table=True):
    """Up to when an analyst has seen what came in."""

    __tablename__ = "queue_look"

    subject: str = Field(primary_key=True, max_length=200)
    looked_at: datetime


async def find_look(session: AsyncSession, subject: str) -> datetime | None:
    """Return up to when somebody has seen the queue, or None for never."""
    found = await session.get(QueueLook, subject)
    return None if found is None else found.looked_at
