"""Reads and single-statement writes about notices of visits."""

from datetime import datetime

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from db.visit_tokens import VisitToken
from db.visits import Notice, Visit


async def find_notice(session: AsyncSession, code_hash: bytes) -> tuple[Notice, Visit] | None:
    """Return the notice of a code and its visit, locked for the transaction."""
    query = (
        select(Notice, Visit)
        .join(Visit, col(Visit.id) == Notice.visit_id)
        .where(Notice.code_hash == code_hash)
        .with_for_update()
    )
    return (await session.exec(query)).one_or_none()


async def count_wrong(session: AsyncSession, code_hash: bytes, wrong: int) -> None:
    """Add `wrong` (0 or 1) to a notice's wrong tries; the same statement for every guess."""
    counted = update(Notice).where(col(Notice.code_hash) == code_hash)
    await session.exec(counted.values(wrong_tries=col(Notice.wrong_tries) + wrong))


async def try_beside(
    session: AsyncSession, ref: bytes, code_hash: bytes, now: datetime, tries: int
) -> Notice | None:
    """Return the notice of the visit that a token is for, if this code is its and tries are left.

    A wrong code uses up one of the token's tries; unknown and another visit's are alike.
    """
    token = await session.get(VisitToken, ref, with_for_update=True)
    if token is None or token.wrong_notices >= tries:
        return None
    query = select(Notice).where(
        Notice.visit_id == token.visit_id, Notice.code_hash == code_hash, Notice.expires_at > now
    )
    found = (await session.exec(query)).one_or_none()
    token.wrong_notices += found is None
    return found


async def find_visit_of_notice(session: AsyncSession, code_hash: bytes) -> Visit | None:
    """Return the visit that a notice code is for."""
    query = select(Visit).join(Notice, col(Notice.visit_id) == Visit.id)
    return (await session.exec(query.where(Notice.code_hash == code_hash))).one_or_none()
