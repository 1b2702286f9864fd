"""Who belongs to a visit's team."""

from collections.abc import Collection, Sequence

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.staff import Staff
from db.visits import VisitStaff


async def find_teams(
    session: AsyncSession, visit_ids: Collection[str]
) -> Sequence[tuple[str, Staff]]:
    """Return (visit id, member) for the teams of visits, by staff number."""
    query = (
        select(VisitStaff.visit_id, Staff)
        .join(Staff, col(Staff.id) == VisitStaff.staff_id)
        .where(col(VisitStaff.visit_id).in_(visit_ids))
        .order_by(Staff.staff_number)
    )
    return (await session.exec(query)).all()


async def replace_team(session: AsyncSession, visit_id: str, staff_ids: Collection[str]) -> None:
    """Make these people the team of a visit."""
    await session.exec(delete(VisitStaff).where(col(VisitStaff.visit_id) == visit_id))
    session.add_all(VisitStaff(visit_id=visit_id, staff_id=one) for one in sorted(staff_ids))
