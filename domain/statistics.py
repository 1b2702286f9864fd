"""What reports are counted by, and what became of the links that nobody made by hand."""

from enum import StrEnum


class CountedBy(StrEnum):
    """A fact of reports; of what was asked for one may have several, of many facts it has none.

    Times are minutes, rounded up to a step (`verifiers/durations.py`).
    """

    DAY = "day"
    STATUS = "status"
    SEVERITY = "severity"
    KIND = "kind"
    ASKED_FOR = "asked_for"
    AGENCY = "agency"
    CELL = "cell"
    TIME_TO_LOOK = "time_to_look"
    TIME_TO_CLOSE = "time_to_close"
    AUTOMATIC_LINK = "automatic_link"


class LinkVerdict(StrEnum):
    """Whether people found right that a report was linked automatically."""

    STOOD = "stood"
    FELL = "fell"
