"""Cases and scores as people read them: every number with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from db.case_queries import find_case_links
from db.cases import FraudCase, LinkedReport
from domain.cases import CaseEventKind
from domain.signals import Signal
from service.link_views import ReportLink, view_links
from verifiers.scores import SIGNALS


@dataclass(frozen=True, slots=True)
class ScoreSignal:
    """One thing that a score is made of."""

    signal: Signal
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case in a list."""

    id: str
    opened_at: datetime
    updated_at: datetime
    first_at: datetime
    last_at: datetime
    report_count: int
    score: int
    signals: tuple[ScoreSignal, ...]
    merged_into: str | None


@dataclass(frozen=True, slots=True)
class CaseAct:
    """One thing that was done with a case."""

    at: datetime
    actor: str
    kind: CaseEventKind
    text: str
    report_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a report stands among cases, and what its score is made of."""

    case_id: str | None
    is_pinned: bool
    score: int
    signals: tuple[ScoreSignal, ...]
    links: tuple[ReportLink, ...]


async def read_standing(session: AsyncSession, report_id: str) -> Standing | None:
    """Return where a report stands, or None while it is not linked yet."""
    linked = await session.get(LinkedReport, report_id)
    if linked is None:
        return None
    links = await find_case_links(session, report_id=report_id)
    return Standing(
        case_id=linked.case_id,
        is_pinned=linked.is_pinned,
        score=linked.score,
        signals=_signals(linked.signals),
        links=await view_links(session, links),
    )


def summary_of(case: FraudCase) -> dict[str, Any]:
    """Return what a list shows of a case, by its names."""
    return {
        "id": case.id,
        "opened_at": case.opened_at,
        "updated_at": case.updated_at,
        "first_at": case.first_at,
        "last_at": case.last_at,
        "report_count": case.report_count,
        "score": case.score,
        "signals": _signals(case.signals),
        "merged_into": case.merged_into,
    }


def _signals(kept: Sequence[str]) -> tuple[ScoreSignal, ...]:
    declared = ((Signal(one), SIGNALS[Signal(one)]) for one in kept)
    return tuple(ScoreSignal(one, found.points, found.reason) for one, found in declared)
