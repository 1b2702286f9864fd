"""Units of work: whatever the use case did not commit is rolled back when it ends."""

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from db.engine import WRITES
from db.report_counts import CountingSession


def writing(engine: AsyncEngine) -> AsyncSession:
    """Return a session that holds SQLite's write lock from its first statement; `commit` it."""
    return AsyncSession(
        engine.execution_options(**{WRITES: True}),
        sync_session_class=CountingSession,
        expire_on_commit=False,
    )


def reading(engine: AsyncEngine) -> AsyncSession:
    """Return a session for reads; a write in it may meet another writer and fail."""
    return AsyncSession(engine, expire_on_commit=False)
