"""Links as people read them: every number with its reason, every fact as a report tells it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from db.cases import CaseLink
from db.reports import Report, find_reports_of
from domain.links import Ground
from verifiers.link_weights import WEIGHTS

_SOUNDS: Final = frozenset({Ground.SAME_NAME, Ground.SOUNDS_ALIKE})


@dataclass(frozen=True, slots=True)
class LinkReason:
    """One ground of a link: which report it rests on, and how far apart the two are.

    `value` compares; `shown` is what people read: a name or a badge number as that report has it.
    """

    ground: Ground
    bits: float
    report_id: str
    value: str | None
    shown: str | None
    metres: int | None
    hours: int | None
    why: str


@dataclass(frozen=True, slots=True)
class ReportLink:
    """Why a report is in a case, or might be of it."""

    case_id: str
    report_id: str
    at: datetime
    actor: str
    bits: float
    is_possible: bool
    reasons: tuple[LinkReason, ...]


async def view_links(session: AsyncSession, rows: Sequence[CaseLink]) -> tuple[ReportLink, ...]:
    """Return links with their reasons in words of ours."""
    told = {reason["report_id"] for row in rows for reason in row.reasons}
    reports = await find_reports_of(session, told)
    return tuple(
        ReportLink(
            row.case_id,
            row.report_id,
            row.at,
            row.actor,
            row.bits,
            row.is_possible,
            tuple(_reasons(row, reports)),
        )
        for row in rows
    )


def _reasons(row: CaseLink, reports: Mapping[str, Report]) -> Iterator[LinkReason]:
    for one in row.reasons:
        ground = Ground(one["ground"])
        why = WEIGHTS[ground].reason if ground in WEIGHTS else ""
        report = reports.get(one["report_id"])
        told = None if report is None else told_as(ground, report.claimed_name, report.badge_number)
        shown = told or (None if ground in _SOUNDS else one["value"])
        yield LinkReason(**{**one, "ground": ground, "shown": shown, "why": why})


def told_as(ground: Ground, name: str | None, badge_number: str | None) -> str | None:
    """Return how a report tells a fact whose value reads as nobody writes it, else None.

    A name compares by its sound, a badge number without what looks alike in small print.
    """
    if ground in _SOUNDS:
        return name
    return badge_number if ground is Ground.SAME_BADGE else None
