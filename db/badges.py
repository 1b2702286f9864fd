"""The read behind a badge look-up."""

from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.staff import Badge, Staff

BadgeRow = tuple[str, date, str, str, str | None]
"""Badge status, last day, staff status, name and name in Latin letters."""


async def find_badge(session: AsyncSession, number: str) -> BadgeRow | None:
    """Return the facts about a badge number, or None."""
    query = (
        select(  # type: ignore[call-overload] # sqlmodel types selects of up to four columns
            Badge.status, Badge.expires_on, Staff.status, Staff.name, Staff.name_latin
        )
        .join(Staff, col(Staff.id) == Badge.staff_id)
        .where(Badge.number == number)
    )
    row = (await session.exec(query)).one_or_none()
    return None if row is None else tuple(row)
