"""Issued visit tokens: a token that has no row here is refused, however well it is signed."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table


class VisitToken(Table, table=True):
    """One token for one visit, staff member and device; `ref` are the 16 bytes of its `jti`."""

    __tablename__ = "visit_token"

    ref: bytes = Field(primary_key=True)
    token: str = Field(max_length=2048)
    kid: str = Field(max_length=43, index=True)
    visit_id: str = Field(foreign_key="visit.id", index=True)
    staff_id: str = Field(foreign_key="staff.id", index=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    issued_at: datetime
    expires_at: datetime = Field(index=True)
    revoked_at: datetime | None = None
    wrong_notices: int = 0


async def find_unrevoked(
    session: AsyncSession, visit_id: str, device_id: str
) -> Sequence[VisitToken]:
    """Return the tokens of a visit on a device that were not revoked, newest first."""
    query = select(VisitToken).where(
        VisitToken.visit_id == visit_id,
        VisitToken.device_id == device_id,
        col(VisitToken.revoked_at).is_(None),
    )
    return (await session.exec(query.order_by(col(VisitToken.issued_at).desc()))).all()


async def revoke_tokens_of(session: AsyncSession, visit_id: str, now: datetime) -> None:
    """Revoke every token of a visit that is not revoked yet."""
    revoked = update(VisitToken).where(
        col(VisitToken.visit_id) == visit_id, col(VisitToken.revoked_at).is_(None)
    )
    await session.exec(revoked.values(revoked_at=now))
