"""The public vocabulary of answers: verdicts, their reasons and single checks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Verdict(StrEnum):
    """What the customer is told in one word."""

    GENUINE = "genuine"
    CAUTION = "caution"
    NOT_GENUINE = "not_genuine"


class Reason(StrEnum):
    """Why; the members stand in the order in which they are tried."""

    UNRECOGNISED = "unrecognised"
    EXPIRED_CODE = "expired_code"
    REVOKED = "revoked"
    NOT_AUTHORISED = "not_authorised"
    UNDER_REVIEW = "under_review"
    DIFFERENT_VISIT = "different_visit"
    LONE_VISITOR = "lone_visitor"
    OUTSIDE_WINDOW = "outside_window"
    SEEN_ELSEWHERE = "seen_elsewhere"
    AUTHORISED_FOR_YOU = "authorised_for_you"
    AUTHORISED = "authorised"
    BADGE_ON_RECORD = "badge_on_record"
    NOTICE_ON_RECORD = "notice_on_record"
    CONTACT_ON_RECORD = "contact_on_record"
    REPORTED = "reported"


VERDICTS: Mapping[Reason, Verdict] = MappingProxyType(
    {
        Reason.UNRECOGNISED: Verdict.NOT_GENUINE,
        Reason.EXPIRED_CODE: Verdict.CAUTION,
        Reason.REVOKED: Verdict.NOT_GENUINE,
        Reason.NOT_AUTHORISED: Verdict.NOT_GENUINE,
        Reason.UNDER_REVIEW: Verdict.CAUTION,
        Reason.DIFFERENT_VISIT: Verdict.CAUTION,
        Reason.LONE_VISITOR: Verdict.CAUTION,
        Reason.OUTSIDE_WINDOW: Verdict.CAUTION,
        Reason.SEEN_ELSEWHERE: Verdict.CAUTION,
        Reason.AUTHORISED_FOR_YOU: Verdict.GENUINE,
        Reason.AUTHORISED: Verdict.GENUINE,
        Reason.BADGE_ON_RECORD: Verdict.CAUTION,
        Reason.NOTICE_ON_RECORD: Verdict.CAUTION,
        Reason.CONTACT_ON_RECORD: Verdict.CAUTION,
        Reason.REPORTED: Verdict.NOT_GENUINE,
    },
)
"""Each reason has exactly one verdict; clients may rely on the pair."""


class Outcome(StrEnum):
    """What a single check found."""

    PASS = "pass"  # noqa: S105 - the contract's word, no secret
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One named check of a verification and what it found."""

    name: str
    outcome: Outcome


_ORDER: Final = tuple(Reason)


def first_reason(found: Collection[Reason]) -> Reason:
    """Return the reason that decides: the first of `found` in the order of `Reason`.

    Nothing found proves nothing, so an empty collection is `unrecognised`.
    """
    return next((reason for reason in _ORDER if reason in found), Reason.UNRECOGNISED)
