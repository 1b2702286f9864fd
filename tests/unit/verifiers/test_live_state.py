"""Each fact that turns bad gives its own reason, and the first in the design's order decides."""

from dataclasses import replace
from typing import Any

import pytest

from domain.states import DeviceStatus, StaffStatus, VisitStatus
from domain.verdicts import VERDICTS, Check, Outcome, Reason, Verdict, first_reason
from verifiers.device_proof import step_at
from verifiers.live_state import LiveState, judge
from verifiers.visit_token import VerifiedToken

STARTS, ENDS = 1_795_001_400, 1_795_005_000
NOW = STARTS + 600
TOKEN = VerifiedToken(
    kid="k",
    jti="A" * 22,
    staff="st_1",
    visit="vi_1",
    purpose="visit",
    employer="ag_1",
    photo="p",
    jkt="j",
    issued_at=STARTS - 7200,
    not_before=STARTS - 1800,
    expires_at=ENDS + 1800,
)
GOOD = LiveState(
    staff_id="st_1",
    visit_id="vi_1",
    staff_status=StaffStatus.ACTIVE,
    device_status=DeviceStatus.ACTIVE,
    token_revoked=False,
    visit_status=VisitStatus.PLANNED,
    agency_in_contract=True,
    follows_policy=True,
    photo="p",
    slot_starts_at=STARTS,
    slot_ends_at=ENDS,
    team_seen=1,
    team_needed=1,
)


def reason_of(state: LiveState, now: int = NOW, step: int | None = None) -> Reason:
    return first_reason(judge(TOKEN, step_at(now) if step is None else step, state, now).reasons)


def test_all_good_is_authorised_and_every_check_passed() -> None:
    judgement = judge(TOKEN, step_at(NOW), GOOD, NOW)
    assert judgement.reasons == {Reason.AUTHORISED}
    assert {check.outcome for check in judgement.checks} == {Outcome.PASS}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"staff_status": StaffStatus.SUSPENDED}, Reason.REVOKED),
        ({"staff_status": StaffStatus.LEFT}, Reason.REVOKED),
        ({"device_status": DeviceStatus.REVOKED}, Reason.REVOKED),
        ({"device_status": DeviceStatus.PENDING}, Reason.REVOKED),
        ({"token_revoked": True}, Reason.REVOKED),
        ({"visit_status": VisitStatus.CANCELLED}, Reason.NOT_AUTHORISED),
        ({"visit_status": VisitStatus.ENDED}, Reason.NOT_AUTHORISED),
        ({"visit_status": VisitStatus.AWAITING_APPROVAL}, Reason.NOT_AUTHORISED),
        ({"agency_in_contract": False}, Reason.NOT_AUTHORISED),
        ({"agency_in_contract": None}, Reason.AUTHORISED),
        ({"follows_policy": False}, Reason.NOT_AUTHORISED),
        ({"photo": "swapped"}, Reason.NOT_AUTHORISED),
        ({"staff_id": "st_2"}, Reason.NOT_AUTHORISED),
        ({"visit_id": "vi_2"}, Reason.NOT_AUTHORISED),
        ({"under_review": True}, Reason.UNDER_REVIEW),
        ({"under_review": True, "team_needed": 2}, Reason.UNDER_REVIEW),
        ({"under_review": True, "photo": "swapped"}, Reason.NOT_AUTHORISED),
        ({"team_needed": 2}, Reason.LONE_VISITOR),
        ({"team_needed": 2, "team_seen": 2}, Reason.AUTHORISED),
    ],
    ids=str,
)
def test_each_fact_has_its_reason(change: dict[str, Any], reason: Reason) -> None:
    assert reason_of(replace(GOOD, **change)) is reason


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (STARTS - 1831, Reason.NOT_AUTHORISED),
        (STARTS - 1830, Reason.OUTSIDE_WINDOW),
        (STARTS - 1, Reason.OUTSIDE_WINDOW),
        (STARTS, Reason.AUTHORISED),
        (ENDS, Reason.AUTHORISED),
        (ENDS + 1, Reason.OUTSIDE_WINDOW),
        (ENDS + 1799, Reason.OUTSIDE_WINDOW),
        (ENDS + 1800, Reason.NOT_AUTHORISED),
    ],
)
def test_the_slot_has_half_an_hour_on_both_sides(now: int, reason: Reason) -> None:
    assert reason_of(GOOD, now) is reason


def test_a_stale_code_is_expired_for_a_day_and_then_unrecognised() -> None:
    stale, last = step_at(NOW), TOKEN.expires_at + 24 * 3600
    assert reason_of(GOOD, NOW + 121, stale) is Reason.EXPIRED_CODE
    assert reason_of(GOOD, last, stale) is Reason.EXPIRED_CODE
    late = judge(TOKEN, stale, GOOD, last + 1)
    assert late.checks == (Check("code", Outcome.FAIL),)
    assert late.reasons == {Reason.UNRECOGNISED}


def test_staleness_hides_what_became_of_the_staff() -> None:
    assert reason_of(replace(GOOD, staff_status=StaffStatus.LEFT), NOW + 200, step_at(NOW)) is (
        Reason.EXPIRED_CODE
    )


def test_no_bad_fact_is_outweighed_by_the_good_ones() -> None:
    state = replace(GOOD, token_revoked=True, team_needed=2, visit_status=VisitStatus.CANCELLED)
    assert reason_of(state) is Reason.REVOKED
    assert VERDICTS[reason_of(state)] is Verdict.NOT_GENUINE
