"""A badge's name is the same name however it is typed, and a badge is never proof."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.states import BadgeStatus, StaffStatus
from domain.verdicts import VERDICTS, Reason, Verdict, first_reason
from verifiers.badge import BadgeOnRecord, fold, judge
from verifiers.live_state import reported, unrecognised

TODAY = date(2026, 11, 24)
BADGE = BadgeOnRecord(BadgeStatus.ACTIVE, TODAY, StaffStatus.ACTIVE, "陳美玲", "Chen Mei-Ling")


@pytest.mark.parametrize(
    "name",
    ["陳美玲", "陈美玲", " 陳 美\u3000玲 ", "chen mei-ling", "CHENMEI-LING", "Ｃｈｅｎ Mei-Ling"],
)
def test_the_name_may_be_written_in_many_ways(name: str) -> None:
    assert judge(BADGE, name, TODAY).reasons == {Reason.BADGE_ON_RECORD}


@pytest.mark.parametrize("name", ["陳美", "陳美玲玲", "林志明", "", "   ", "chen", "*"])
def test_another_name_looks_like_an_unknown_number(name: str) -> None:
    assert judge(BADGE, name, TODAY) == judge(None, name, TODAY) == unrecognised("badge")


def test_a_watched_number_counts_only_where_it_is_none_of_ours() -> None:
    assert judge(None, "陳美玲", TODAY, is_reported=True) == reported()
    assert first_reason(reported().reasons) is Reason.REPORTED
    for name in ("陳美玲", "林志明"):
        assert judge(BADGE, name, TODAY, is_reported=True) == judge(BADGE, name, TODAY)


def test_no_name_is_no_latin_name() -> None:
    assert judge(replace(BADGE, name_latin=None), "", TODAY) == unrecognised("badge")


@pytest.mark.parametrize("status", [s for s in BadgeStatus if s is not BadgeStatus.ACTIVE])
def test_a_lost_or_stolen_badge_is_revoked(status: BadgeStatus) -> None:
    assert judge(replace(BADGE, status=status), "陳美玲", TODAY).reasons == {Reason.REVOKED}


def test_why_it_is_revoked_cannot_be_told() -> None:
    causes = (
        judge(replace(BADGE, status=BadgeStatus.STOLEN), "陳美玲", TODAY),
        judge(replace(BADGE, staff_status=StaffStatus.LEFT), "陳美玲", TODAY),
        judge(replace(BADGE, staff_status=StaffStatus.SUSPENDED), "陳美玲", TODAY),
        judge(BADGE, "陳美玲", TODAY + timedelta(days=1)),
    )
    assert len(set(causes)) == 1


@given(st.text(), st.sampled_from(BadgeStatus), st.sampled_from(StaffStatus))
def test_a_badge_is_never_genuine(name: str, status: BadgeStatus, staff: StaffStatus) -> None:
    badge = replace(BADGE, status=status, staff_status=staff, name=name or "x")
    reason = first_reason(judge(badge, name, TODAY).reasons)
    assert VERDICTS[reason] is not Verdict.GENUINE


@given(st.text() | st.just("\ud800"))
def test_any_text_folds_to_one_without_spaces(name: str) -> None:
    assert " " not in fold(name)
