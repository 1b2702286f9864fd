"""What the registry says now about a proven code: the facts of one read, and what they mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from domain.states import DeviceStatus, StaffStatus, VisitStatus
from domain.verdicts import Check, Outcome, Reason
from verifiers import device_proof, visit_token
from verifiers.visit_token import Timeliness, VerifiedToken

READABLE_AFTER_EXPIRY: Final = 24 * 3600
"""Seconds after a token's `exp` in which a stale code is still called expired."""


@dataclass(frozen=True, slots=True)
class LiveState:
    """Facts read in one statement; times are Unix seconds.

    `photo` is the digest of today's number, name and photo. `agency_in_contract` is None for the
    bank's own staff. `team_seen` counts the members, this one included, whose own device showed
    an accepted code in the last 15 minutes; `team_needed` is the policy's. `under_review` tells
    that this very badge or phone is on the watchlist.
    """

    staff_id: str
    visit_id: str
    staff_status: StaffStatus
    device_status: DeviceStatus
    token_revoked: bool
    visit_status: VisitStatus
    agency_in_contract: bool | None
    follows_policy: bool
    photo: str
    slot_starts_at: int
    slot_ends_at: int
    team_seen: int
    team_needed: int
    under_review: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """Every reason that applies and the checks behind them; `first_reason` chooses."""

    reasons: frozenset[Reason]
    checks: tuple[Check, ...]


def judge(
    token: VerifiedToken, step: int, state: LiveState, now: int, arrived_at: int | None = None
) -> Judgement:
    """Judge a code whose device proof and stored token both verified.

    `arrived_at` (Unix time) is when the code reached us, if that was before now: its age is judged
    as of then, all else as of now.

    1. freshness; 2. revocation; 3. authority for this visit; 4. watchlist; 5. team; 6. slot.
    """
    # 1
    arrival = device_proof.step_at(now if arrived_at is None else arrived_at)
    fresh = device_proof.in_window(step, arrival)
    if not fresh and now > token.expires_at + READABLE_AFTER_EXPIRY:
        return unrecognised()
    found = tuple(_findings(token, state, now, fresh=fresh))
    checks = (Check("code", Outcome.PASS), *(check for check, _ in found))
    failed = {reason for check, reason in found if check.outcome is Outcome.FAIL}
    return Judgement(frozenset(failed) or frozenset({Reason.AUTHORISED}), checks)


def unrecognised(about: str = "code") -> Judgement:
    """Return the one judgement of whatever is not proven, always the same for what was asked."""
    return Judgement(frozenset({Reason.UNRECOGNISED}), (Check(about, Outcome.FAIL),))


def reported() -> Judgement:
    """Return the judgement of what is on the watchlist and none of ours."""
    return Judgement(frozenset({Reason.REPORTED}), (Check("reports", Outcome.FAIL),))


def _findings(
    token: VerifiedToken, state: LiveState, now: int, *, fresh: bool
) -> Iterator[tuple[Check, Reason]]:
    yield _check("freshness", fresh), Reason.EXPIRED_CODE
    # 2
    yield _check("staff", state.staff_status is StaffStatus.ACTIVE), Reason.REVOKED
    yield _check("device", state.device_status is DeviceStatus.ACTIVE), Reason.REVOKED
    yield _check("token", not state.token_revoked), Reason.REVOKED
    # 3
    yield _check("identity", token.photo == state.photo), Reason.NOT_AUTHORISED
    same = (token.staff, token.visit) == (state.staff_id, state.visit_id)
    yield _check("visit", same and state.visit_status is VisitStatus.PLANNED), Reason.NOT_AUTHORISED
    if state.agency_in_contract is not None:
        yield _check("agency", state.agency_in_contract), Reason.NOT_AUTHORISED
    timely = visit_token.times(token, now) is Timeliness.IN
    yield _check("times", timely), Reason.NOT_AUTHORISED
    yield _check("policy", state.follows_policy), Reason.NOT_AUTHORISED
    # 4: named only where it fails, since nobody at a door has to hear of a list
    if state.under_review:
        yield Check("review", Outcome.FAIL), Reason.UNDER_REVIEW
    # 5
    if state.team_needed > 1:
        yield _check("team", state.team_seen >= state.team_needed), Reason.LONE_VISITOR
    # 6
    in_slot = state.slot_starts_at <= now <= state.slot_ends_at
    yield _check("slot", in_slot), Reason.OUTSIDE_WINDOW


@cache
def _check(name: str, passed: bool) -> Check:  # noqa: FBT001 - what the check found
    return Check(name, Outcome.PASS if passed else Outcome.FAIL)
