"""The vocabulary of reports: where one stands, how grave it is, what the visitor asked for."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ReportStatus(StrEnum):
    """Where a report stands; the reporter may read it."""

    NEW = "new"
    TRIAGED = "triaged"
    INVESTIGATING = "investigating"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class Severity(StrEnum):
    """How soon somebody has to look."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class ReportKind(StrEnum):
    """Whether a stranger posed as ours, or one of ours misbehaved."""

    IMPERSONATION = "impersonation"
    MISCONDUCT = "misconduct"


class ReportOrder(StrEnum):
    """In which order the queue is read: by receipt, by when it is due, or the most urgent first."""

    NEWEST = "-received_at"
    OLDEST = "received_at"
    DUE = "due"
    SCORE = "score"


class AskedFor(StrEnum):
    """What the visitor wanted."""

    CASH = "cash"
    TRANSFER = "transfer"
    PASSWORD = "password"  # noqa: S105 - the contract's word, no secret
    ONE_TIME_CODE = "one_time_code"
    DOCUMENTS = "documents"
    ENTRY = "entry"
    SIGNATURE = "signature"
    OTHER = "other"


class ReportEventKind(StrEnum):
    """What happened to a report; the reporter may read `message` only."""

    RECEIVED = "received"
    STATUS = "status"
    SEVERITY = "severity"
    KIND = "kind"
    NOTE = "note"
    MESSAGE = "message"
    CONTACT_REVEALED = "contact_revealed"
    ADDITION = "addition"
    ASSIGNEE = "assignee"
    CLOSING = "closing"
    POLICE_REFERENCE = "police_reference"
    HOLD = "hold"
    DUPLICATE = "duplicate"
    ORIGINAL_OPENED = "original_opened"
    PACK = "pack"


class CustodyKind(StrEnum):
    """What happened to a piece of evidence."""

    RECEIVED = "received"
    VIEWED = "viewed"
    ORIGINAL_OPENED = "original_opened"
    EXPORTED = "exported"
    ORIGINAL_EXPORTED = "original_exported"


CLOSED: Final = frozenset({ReportStatus.CONFIRMED, ReportStatus.DISMISSED, ReportStatus.WITHDRAWN})
"""Where work on a report ends; an analyst needs a second one to bring it there."""

DISCOUNTED: Final = frozenset({ReportStatus.DISMISSED, ReportStatus.WITHDRAWN})
"""Where a report counts for nobody: neither for its own urgency nor for its case."""

SERVICE_LEVELS: Final[Mapping[Severity, timedelta]] = MappingProxyType(
    {
        Severity.CRITICAL: timedelta(hours=4),
        Severity.HIGH: timedelta(hours=24),
        Severity.MEDIUM: timedelta(hours=72),
        Severity.LOW: timedelta(hours=168),
    }
)
"""How long after it came in a report of each severity is to be closed."""


_MONEY_AT_RISK: Final = frozenset(
    {AskedFor.CASH, AskedFor.TRANSFER, AskedFor.PASSWORD, AskedFor.ONE_TIME_CODE}
)


def first_severity(asked_for: Collection[AskedFor]) -> Severity:
    """Return how grave a new report is until an analyst says: high when money is at risk."""
    return Severity.MEDIUM if _MONEY_AT_RISK.isdisjoint(asked_for) else Severity.HIGH
