"""What reports are counted by."""

from enum import StrEnum


class CountedBy(StrEnum):
    """A fact that every report has one of; of what was asked for it may have several."""

    DAY = "day"
    STATUS = "status"
    SEVERITY = "severity"
    KIND = "kind"
    ASKED_FOR = "asked_for"
    AGENCY = "agency"
    CELL = "cell"
