"""Scores are sums of declared signals."""

from dataclasses import replace

import pytest

from domain.signals import Signal
from domain.verdicts import Reason
from verifiers.scores import SIGNALS, ReportFacts, read_case, read_report, score

PLAIN = ReportFacts(frozenset(), None, 0, has_contact=False, facts=1)


@pytest.mark.parametrize(
    ("changes", "signal"),
    [
        ({"asked_for": frozenset({"password"})}, Signal.SECRET_ASKED),
        ({"asked_for": frozenset({"transfer"})}, Signal.MONEY_ASKED),
        ({"asked_for": frozenset({"entry"})}, Signal.ENTRY_ASKED),
        ({"check": Reason.UNRECOGNISED}, Signal.CHECK_FAILED),
        ({"check": Reason.AUTHORISED}, Signal.CHECK_PASSED),
        ({"evidence": 1}, Signal.EVIDENCE),
        ({"has_contact": True}, Signal.CONTACT_LEFT),
        ({"facts": 0}, Signal.TELLS_LITTLE),
        ({"case_size": 2}, Signal.IN_CASE),
    ],
)
def test_each_signal_of_a_report(changes: dict[str, object], signal: Signal) -> None:
    assert read_report(PLAIN) == ()
    assert read_report(replace(PLAIN, **changes)) == (signal,)  # type: ignore[arg-type] # a member each


def test_a_caution_says_nothing_either_way() -> None:
    assert read_report(replace(PLAIN, check=Reason.EXPIRED_CODE)) == ()


def test_a_case_is_its_gravest_report_and_how_it_goes_on() -> None:
    assert read_case(40, 2, days=1, days_ago=10) == (40, ())
    found, signals = read_case(40, 10, days=14, days_ago=3)
    assert signals == (Signal.IN_LARGE_CASE, Signal.SPREADS, Signal.STILL_ACTIVE)
    assert found == 40 + sum(SIGNALS[one].points for one in signals)


def test_scores_stay_within_their_scale() -> None:
    assert score([Signal.CHECK_PASSED]) == 0
    assert score(Signal) == 100
    assert set(Signal) == SIGNALS.keys()
