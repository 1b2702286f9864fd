"""Two cases become one, and part again: what goes over with the reports, and what tells of it."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import delete
from sqlmodel import col, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from db.case_queries import find_barriers, keep_apart
from db.cases import CaseBarrier, CaseBridge, CaseEvent, CaseLink, FraudCase, LinkedReport
from domain.cases import CaseEventKind

_FEW: Final = 20
_BATCH: Final = 1_000


async def move_all(session: AsyncSession, from_case: str, to_case: str) -> list[str]:
    """Give all reports, links and barriers of one case to another; return the reports, in order."""
    members = col(LinkedReport.case_id) == from_case
    query = select(LinkedReport.report_id).where(members).order_by(col(LinkedReport.report_id))
    moved = list((await session.exec(query)).all())
    await session.exec(update(LinkedReport).where(members).values(case_id=to_case))
    await session.exec(
        update(CaseLink).where(col(CaseLink.case_id) == from_case).values(case_id=to_case)
    )
    for other in await find_barriers(session, from_case):
        if other != to_case:
            found = await _barrier(session, from_case, other)
            assert found is not None  # noqa: S101 - it was just read
            await keep_apart(session, other, to_case, found.at, found.actor)
    touching = or_(col(CaseBridge.one) == from_case, col(CaseBridge.other) == from_case)
    await session.exec(delete(CaseBridge).where(touching))
    return moved


async def move_back(
    session: AsyncSession, merge: CaseEvent, members: Collection[LinkedReport]
) -> None:
    """Give reports that a merge brought back to where they were, with the links they came with.

    The barriers that came with them go, too; those that the case has of its own stay, and so do
    those that others brought that are merged into it still.
    """
    to_case = merge.text
    for one in members:
        one.case_id = to_case
    await session.exec(
        update(CaseLink)
        .where(
            col(CaseLink.case_id) == merge.case_id,
            col(CaseLink.report_id).in_([one.report_id for one in members]),
            col(CaseLink.at) <= merge.at,
            col(CaseLink.is_possible).is_(False),
        )
        .values(case_id=to_case)
    )
    for other in await find_barriers(session, to_case):
        found = await _barrier(session, to_case, other)
        came = await _barrier(session, merge.case_id, other)
        if found and came and (found.at, found.actor) == (came.at, came.actor):
            still = await find_merged(session, merge.case_id, await find_barriers(session, other))
            kept = [await _barrier(session, one, other) for one in sorted(still - {to_case})]
            if first := next(filter(None, kept), None):
                came.at, came.actor = first.at, first.actor
            else:
                await session.delete(came)
    await session.flush()


async def find_last_merge(session: AsyncSession, case_id: str, other_id: str) -> CaseEvent | None:
    """Return the last act that brought a case into another, if that one's history has it."""
    query = select(CaseEvent).where(
        CaseEvent.case_id == case_id,
        CaseEvent.kind == CaseEventKind.MERGED,
        CaseEvent.text == other_id,
    )
    return (await session.exec(query.order_by(col(CaseEvent.id).desc()).limit(1))).first()


async def find_merged(session: AsyncSession, case_id: str, others: Collection[str]) -> set[str]:
    """Return those of these cases that are merged into another now."""
    query = select(FraudCase.id).where(
        col(FraudCase.id).in_(others), FraudCase.merged_into == case_id
    )
    return set((await session.exec(query)).all()) if others else set()


async def find_members(
    session: AsyncSession, case_id: str, report_ids: Collection[str]
) -> list[LinkedReport]:
    """Return those of these reports that are in a case, in order."""
    query = select(LinkedReport).where(
        LinkedReport.case_id == case_id, col(LinkedReport.report_id).in_(report_ids)
    )
    return list((await session.exec(query.order_by(col(LinkedReport.report_id)))).all())


async def find_any_here(
    session: AsyncSession, case_id: str, brought: Sequence[Sequence[str]]
) -> list[bool]:
    """Return of each of these groups of reports whether any of it is in a case.

    A group may be very large, but hardly ever is its beginning gone alone.
    """
    first = [one for group in brought for one in group[:_FEW]]
    here = set(await _find_here(session, case_id, first))
    return [
        not here.isdisjoint(group[:_FEW]) or await _is_any_here(session, case_id, group[_FEW:])
        for group in brought
    ]


async def _is_any_here(session: AsyncSession, case_id: str, ids: Sequence[str]) -> bool:
    for start in range(0, len(ids), _BATCH):
        if await _find_here(session, case_id, ids[start : start + _BATCH]):
            return True
    return False


async def _find_here(session: AsyncSession, case_id: str, ids: Sequence[str]) -> Sequence[str]:
    query = select(LinkedReport.report_id).where(
        LinkedReport.case_id == case_id, col(LinkedReport.report_id).in_(ids)
    )
    return (await session.exec(query)).all()


async def _barrier(session: AsyncSession, one: str, other: str) -> CaseBarrier | None:
    return await session.get(CaseBarrier, tuple(sorted((one, other))))
