"""The vocabulary of scores: what makes a report or case more or less urgent."""

from enum import StrEnum


class Signal(StrEnum):
    """What raises or lowers a score; each has its sentence on the pages."""

    SECRET_ASKED = "secret_asked"  # noqa: S105 - a signal's name
    MONEY_ASKED = "money_asked"
    ENTRY_ASKED = "entry_asked"
    CHECK_FAILED = "check_failed"
    CHECK_PASSED = "check_passed"
    EVIDENCE = "evidence"
    CONTACT_LEFT = "contact_left"
    TELLS_LITTLE = "tells_little"
    IN_CASE = "in_case"
    IN_LARGE_CASE = "in_large_case"
    SPREADS = "spreads"
    STILL_ACTIVE = "still_active"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
