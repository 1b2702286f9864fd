"""Days on which an area had more reports than its past let expect."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.cases import AreaDay


async def find_surges(
    session: AsyncSession, first: date, last: date, since: datetime, limit: int
) -> Sequence[AreaDay]:
    """Return surges of some days, the last first; `since` is when the first of these days began.

    None is noticed before its day begins, so the index of those noticed since is read, no other.
    """
    query = (
        select(AreaDay)
        .where(col(AreaDay.surged_at) >= since, col(AreaDay.day).between(first, last))
        .order_by(col(AreaDay.day).desc(), col(AreaDay.reports).desc(), col(AreaDay.area))
        .limit(limit)
    )
    return (await session.exec(query)).all()
