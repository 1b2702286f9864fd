"""A printed badge: whether a typed name belongs to its number, however it is written."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

import opencc

from domain.states import BadgeStatus, StaffStatus
from domain.verdicts import Check, Outcome, Reason
from verifiers.live_state import Judgement, reported, unrecognised

# Simplified merges characters that traditional keeps apart, so both fold to simplified.
_TO_SIMPLIFIED: Final = opencc.OpenCC("t2s")

# Databases refuse NUL and lone surrogates; neither is printed on a badge.
_NUMBER: Final = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,64}")


@dataclass(frozen=True, slots=True)
class BadgeOnRecord:
    """Facts about a badge number; `expires_on` is inclusive."""

    status: BadgeStatus
    expires_on: date
    staff_status: StaffStatus
    name: str
    name_latin: str | None


def parse_number(text: str) -> str | None:
    """Return a typed badge number without the spaces around it, or None when it cannot be one."""
    number = text.strip()
    return number if _NUMBER.fullmatch(number) else None


def fold(name: str) -> str:
    """Return a name as it compares: NFKC, without case, spaces and traditional forms."""
    sound = name.encode(errors="replace").decode()  # a lone surrogate is in nobody's name
    plain = unicodedata.normalize("NFKC", sound).casefold()
    return str(_TO_SIMPLIFIED.convert("".join(plain.split())))


def judge(
    badge: BadgeOnRecord | None, name: str, today: date, *, is_reported: bool = False
) -> Judgement:
    """Judge a typed name against the badge of the typed number; never genuine.

    A badge can be copied, so the best answer is to ask for the live code. A wrong name and an
    unknown number are the same answer: who guesses learns nothing. `is_reported` tells that the
    number is on the watchlist, which counts only where it is none of ours.
    """
    if badge is None and is_reported:
        return reported()
    typed = fold(name)
    if badge is None or not typed:
        return unrecognised("badge")
    if typed not in {fold(badge.name), fold(badge.name_latin or "")}:
        return unrecognised("badge")
    if is_in_force(badge, today):
        return Judgement(frozenset({Reason.BADGE_ON_RECORD}), _checks(Outcome.PASS))
    return Judgement(frozenset({Reason.REVOKED}), _checks(Outcome.FAIL))


def is_in_force(badge: BadgeOnRecord, today: date) -> bool:
    """Tell whether a badge still counts and its bearer still works here."""
    valid = badge.status is BadgeStatus.ACTIVE and today <= badge.expires_on
    return valid and badge.staff_status is StaffStatus.ACTIVE


def _checks(in_force: Outcome) -> tuple[Check, ...]:
    # Whether the badge or the person is the cause is nobody's business at a door.
    return (Check("badge", Outcome.PASS), Check("name", Outcome.PASS), Check("in_force", in_force))
