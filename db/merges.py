"""Two cases become one, and part again: what goes over with the reports, and what tells of it."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import Select, String, Table, column, delete, func, true
from sqlalchemy import select as select_columns
from sqlmodel import col, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from db.case_queries import find_barriers, keep_apart
from db.cases import CaseBarrier, CaseBridge, CaseEvent, CaseLink, FraudCase, LinkedReport
from db.reports import Report, family_order
from domain.cases import CaseEventKind

_EVENTS: Final[Table] = CaseEvent.__table__  # type: ignore[attr-defined] # SQLModel adds it
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


async def lock_brought(session: AsyncSession, merge: CaseEvent) -> None:
    """Lock the reports that a merge brought for the transaction, as `lock_reports` does."""
    query = select(Report.id).where(col(Report.id).in_(_brought(session, merge)))
    locked = query.order_by(*family_order()).with_for_update(key_share=True)
    (await session.exec(locked)).all()


async def find_members(session: AsyncSession, merge: CaseEvent) -> list[str]:
    """Return the reports that a merge brought and that are still in its case, in order."""
    report_id = col(LinkedReport.report_id)
    return list((await session.exec(_still_here(session, merge).order_by(report_id))).all())


async def move_back(session: AsyncSession, merge: CaseEvent) -> None:
    """Give the reports that a merge brought back to where they were, with the links they came with.

    The barriers that came with them go, too; those that the case has of its own stay, and so do
    those that others brought that are merged into it still.
    """
    to_case, members = merge.text, _still_here(session, merge)
    await session.exec(
        update(CaseLink)
        .where(
            col(CaseLink.case_id) == merge.case_id,
            col(CaseLink.report_id).in_(members),
            col(CaseLink.at) <= merge.at,
            col(CaseLink.is_possible).is_(False),
        )
        .values(case_id=to_case)
    )
    await session.exec(
        update(LinkedReport).where(col(LinkedReport.report_id).in_(members)).values(case_id=to_case)
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


def _still_here(session: AsyncSession, merge: CaseEvent) -> SelectOfScalar[str]:
    return select(LinkedReport.report_id).where(
        LinkedReport.case_id == merge.case_id,
        col(LinkedReport.report_id).in_(_brought(session, merge)),
    )


def _brought(session: AsyncSession, merge: CaseEvent) -> Select[tuple[str]]:
    """Return the statement for the reports of a merge.

    There may be more than a statement takes parameters: 32,767 on PostgreSQL.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    unfolding = func.json_each if is_sqlite else func.json_array_elements_text
    ids = unfolding(_EVENTS.c.report_ids).table_valued(column("value", String))
    of_merge = select_columns(ids.c.value).select_from(_EVENTS.join(ids, true()))
    return of_merge.where(_EVENTS.c.id == merge.id)


async def _barrier(session: AsyncSession, one: str, other: str) -> CaseBarrier | None:
    return await session.get(CaseBarrier, tuple(sorted((one, other))))
