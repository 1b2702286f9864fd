"""One case comes into another: what there is to compare before, the act, and the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from db.case_queries import drop_barrier, find_barriers, find_case, lock_cases
from db.cases import FraudCase
from db.indicators import count_indicators
from db.merges import (
    find_any_here,
    find_last_merge,
    find_members,
    find_merged,
    lock_brought,
    move_back,
)
from db.units_of_work import reading, writing
from domain.callers import Caller
from domain.cases import CaseEventKind
from domain.errors import ConflictError, InvalidError
from domain.indicators import IndicatorKind
from service import case_changes, link_verdicts
from service.case_changes import LINKER, CaseWork
from service.case_views import CaseAct, CaseSummary, summary_of
from service.cases import CaseDetail, assert_open, open_for_change, part, read_detail
from service.runtime import Runtime

_MOST_COUNTED: Final = 1_000
_MOST_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class CaseFact:
    """What so many reports of a case claim; `is_shared` if some of the other case do, too."""

    shown: str
    count: int
    is_shared: bool


@dataclass(frozen=True, slots=True)
class ComparedCase:
    """A case beside another: of each kind what both have, then what most say, and how many more."""

    summary: CaseSummary
    facts: Mapping[IndicatorKind, Sequence[CaseFact]]
    more: Mapping[IndicatorKind, int]


@dataclass(frozen=True, slots=True)
class MergeQuestion:
    """What would become one, and whether people kept it apart before."""

    case: ComparedCase
    other: ComparedCase
    are_kept_apart: bool


async def ask(runtime: Runtime, case_id: str, other_id: str) -> MergeQuestion:
    """Return two cases side by side; raises as `merge` would."""
    async with reading(runtime.engine) as session:
        case, other = await _find_both(session, case_id, other_id)
        counted = [await count_indicators(session, one.id, _MOST_COUNTED) for one in (case, other)]
        apart = other.id in await find_barriers(session, case.id)
    one, two = ({(kind, value) for kind, value, *_ in found} for found in counted)
    shared = one & two
    return MergeQuestion(
        _compare(case, counted[0], shared), _compare(other, counted[1], shared), apart
    )


async def merge(runtime: Runtime, caller: Caller, case_id: str, other_id: str) -> CaseDetail:
    """Bring another case into this one.

    Raises NotFoundError, InvalidError for the same one, and ConflictError for one that is closed.
    """
    async with writing(runtime.engine) as session:
        work = CaseWork(session, runtime, caller.subject, runtime.clock())
        await lock_cases(session)
        case, other = await _find_both(session, case_id, other_id)
        await drop_barrier(session, case.id, other.id)
        await case_changes.merge(work, case, other)
        await case_changes.measure(work, case)
        detail = await read_detail(session, case)
        await session.commit()
    return detail


async def take_back(runtime: Runtime, caller: Caller, case_id: str, other_id: str) -> CaseDetail:
    """Split exactly the reports that a merge brought out again, into the case that they came from.

    Who left since stays where people put him. Raises NotFoundError, InvalidError when nothing would
    be left behind, and ConflictError when there is no such merge, or nobody of it is here any more.
    """
    async with reading(runtime.engine) as session:
        known = await find_last_merge(session, case_id, other_id)
    async with writing(runtime.engine) as session:
        work = CaseWork(session, runtime, caller.subject, runtime.clock())
        if known is not None:
            await lock_brought(session, known)
        case = await open_for_change(session, case_id)
        merged = await find_last_merge(session, case_id, other_id)
        ids = [] if merged is None else await find_members(session, merged)
        is_here = other_id in await find_merged(session, case_id, [other_id])
        # Merged again meanwhile, it may have brought others, which nobody locked.
        if not is_here or known is None or merged is None or merged.id != known.id or not ids:
            message = f"there is no merge of {other_id} to be taken back"
            raise ConflictError(message)
        if len(ids) == case.report_count:
            message = "what is taken back leaves something behind"
            raise InvalidError(message)
        if merged.actor == LINKER:  # where people merged, what the linker did before still stands
            await link_verdicts.take_out(session, case.id, ids)
        other = await find_case(session, other_id)
        other.merged_into, other.is_open = None, True
        await move_back(session, merged)
        await case_changes.record(work, other.id, CaseEventKind.OPENED, ids)
        await part(work, case, other, ids)
        await link_verdicts.review_last(session, other)
        detail = await read_detail(session, case)
        await session.commit()
    return detail


async def find_returnable(runtime: Runtime, case: CaseDetail) -> list[CaseAct]:
    """Return the merges in a case's history that can be taken back."""
    brought = {  # of several merges with the same case, the last one counts
        act.text: act for act in reversed(case.history) if act.kind is CaseEventKind.MERGED
    }
    async with reading(runtime.engine) as session:
        merged = await find_merged(session, case.id, brought)
        acts = [act for other_id, act in brought.items() if other_id in merged]
        are_here = await find_any_here(session, case.id, [act.report_ids for act in acts])
    return [act for act, is_here in zip(acts, are_here, strict=True) if is_here]


async def _find_both(
    session: AsyncSession, case_id: str, other_id: str
) -> tuple[FraudCase, FraudCase]:
    if case_id == other_id:
        message = "a case cannot be merged with itself"
        raise InvalidError(message)
    both = await find_case(session, case_id), await find_case(session, other_id)
    for one in both:
        assert_open(one)
    return both


def _compare(
    case: FraudCase,
    counted: Sequence[tuple[str, str, str, int]],
    shared: set[tuple[str, str]],
) -> ComparedCase:
    facts: dict[IndicatorKind, list[CaseFact]] = {}
    for kind, value, shown, count in counted:
        fact = CaseFact(shown, count, (kind, value) in shared)
        facts.setdefault(IndicatorKind(kind), []).append(fact)
    return ComparedCase(
        CaseSummary(**summary_of(case)),
        {
            kind: sorted(found, key=lambda one: not one.is_shared)[:_MOST_SHOWN]
            for kind, found in facts.items()
        },
        {kind: max(0, len(found) - _MOST_SHOWN) for kind, found in facts.items()},
    )
