"""The notice of a visit: its code as people type it, and what a typed one proves."""

from dataclasses import dataclass
from typing import Final

from domain.states import VisitStatus
from domain.verdicts import Check, Outcome, Reason
from verifiers import short_codes
from verifiers.live_state import Judgement, unrecognised

TRIES: Final = 5
_LENGTH: Final = 10


@dataclass(frozen=True, slots=True)
class NoticeOnRecord:
    """Facts about a notice code; `phone_endings` are the last four digits it may go with."""

    visit_status: VisitStatus
    phone_endings: frozenset[str]
    wrong_tries: int
    expires_at: int


def make_code(random: bytes) -> str:
    """Return a code of 10 characters from at least 10 random bytes."""
    return short_codes.make(random, _LENGTH)


def parse_code(text: str) -> str | None:
    """Return a typed code as it is kept, or None when it cannot be one."""
    return short_codes.parse(text, _LENGTH)


def proves(notice: NoticeOnRecord | None, phone_last4: str, now: int) -> bool:
    """Tell whether code and phone belong together, while there are tries and time left."""
    return (
        notice is not None
        and notice.wrong_tries < TRIES
        and now < notice.expires_at
        and phone_last4.strip() in notice.phone_endings
    )


def judge(notice: NoticeOnRecord | None, phone_last4: str, now: int) -> Judgement:
    """Judge a look-up; a wrong phone, a locked and an unknown notice are the same answer."""
    if notice is None or not proves(notice, phone_last4, now):
        return unrecognised("notice")
    planned = notice.visit_status is VisitStatus.PLANNED
    outcome = Outcome.PASS if planned else Outcome.FAIL
    checks = (
        Check("notice", Outcome.PASS),
        Check("phone", Outcome.PASS),
        Check("visit", outcome),
    )
    reason = Reason.NOTICE_ON_RECORD if planned else Reason.NOT_AUTHORISED
    return Judgement(frozenset({reason}), checks)


def add_to(judgement: Judgement, *, is_this_visits: bool) -> Judgement:
    """Return a live code's judgement with what the notice code beside it showed."""
    if is_this_visits:
        reasons = judgement.reasons - {Reason.AUTHORISED} or {Reason.AUTHORISED_FOR_YOU}
        check = Check("notice", Outcome.PASS)
    else:
        reasons = judgement.reasons | {Reason.DIFFERENT_VISIT}
        check = Check("notice", Outcome.FAIL)
    return Judgement(frozenset(reasons), (*judgement.checks, check))
