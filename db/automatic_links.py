"""Which reports are where they are because something other than people put them there."""

from collections.abc import Collection, Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.cases import CaseLink


async def find_linked_by(
    session: AsyncSession, actor: str, case_id: str, report_ids: Collection[str]
) -> Sequence[str]:
    """Return those of these reports that `actor` put into a case, in order."""
    query = (
        select(CaseLink.report_id)
        .where(
            CaseLink.case_id == case_id,
            col(CaseLink.report_id).in_(report_ids),
            CaseLink.actor == actor,
            col(CaseLink.is_possible).is_(False),
        )
        .distinct()
        .order_by(col(CaseLink.report_id))
    )
    return (await session.exec(query)).all()
