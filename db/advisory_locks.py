"""Locks on what has no row yet, so that it is made once; all replicas meet there."""

from sqlalchemy import func
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession


async def take_lock(session: AsyncSession, digest: bytes) -> None:
    """Let nobody else take the lock of a digest until this transaction ends.

    SQLite has one writer at a time anyhow.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(digest[:8], signed=True)
        await session.exec(select(func.pg_advisory_xact_lock(number)))
