"""The read behind a badge look-up."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.staff import Badge, Staff


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """What the registry says about a badge number at this instant."""

    status: str
    expires_on: date
    staff_status: str
    name: str
    name_latin: str | None


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
    return None if row is None else BadgeRow(*row)
