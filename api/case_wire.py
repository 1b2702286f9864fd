"""Cases, links and scores as JSON."""

from datetime import datetime

from api.wire import Shown
from domain.cases import CaseEventKind
from domain.links import Ground
from domain.signals import Signal


class ScoreSignalResponse(Shown):
    """One thing that a score is made of."""

    signal: Signal
    points: int
    reason: str


class LinkReasonResponse(Shown):
    """One ground of a link; `metres` and `hours` lie between the report and that one.

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


class ReportLinkResponse(Shown):
    """Why a report is in a case, or might be of it (`is_possible`)."""

    case_id: str
    report_id: str
    at: datetime
    actor: str
    bits: float
    is_possible: bool
    reasons: list[LinkReasonResponse]


class StandingResponse(Shown):
    """Where a report stands among cases, and what its score is made of."""

    case_id: str | None
    is_pinned: bool
    score: int
    signals: list[ScoreSignalResponse]
    links: list[ReportLinkResponse]


class CaseSummaryResponse(Shown):
    """A case in a list; `first_at` and `last_at` are of the visits."""

    id: str
    opened_at: datetime
    updated_at: datetime
    first_at: datetime
    last_at: datetime
    report_count: int
    score: int
    signals: list[ScoreSignalResponse]
    merged_into: str | None


class CaseActResponse(Shown):
    """One thing that was done with a case."""

    at: datetime
    actor: str
    kind: CaseEventKind
    text: str
    report_ids: list[str]
