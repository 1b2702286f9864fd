"""What a database remembers about itself, and what it answered to repeated requests."""

from datetime import datetime
from typing import Final

from sqlmodel import Field, col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table

MODE: Final = "mode"


class Remembered(Table, table=True):
    """A fact about the database itself, such as the mode that it serves."""

    name: str = Field(primary_key=True, max_length=32)
    value: str = Field(max_length=200)


class IdempotencyKey(Table, table=True):
    """The sealed answer to a request with an `Idempotency-Key`; the key is a caller's own."""

    __tablename__ = "idempotency_key"

    key_hash: bytes = Field(primary_key=True)
    request_hash: bytes
    answer_sealed: bytes
    stored_at: datetime = Field(index=True)


async def forget_before(session: AsyncSession, moment: datetime) -> None:
    """Delete idempotency keys stored before a moment."""
    await session.exec(delete(IdempotencyKey).where(col(IdempotencyKey.stored_at) < moment))
