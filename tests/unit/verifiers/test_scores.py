"""Scores are sums of declared signals."""

from dataclasses import replace

import pytest

from domain.signals import Signal
from domain.verdicts import Verdict
from verifiers.scores import (
    SIGNALS,
    ReportFacts,
    read_case,
    read_report,
    resize,
    score,
    verdicts_of,
)

PLAIN = ReportFacts(frozenset(), frozenset(), 0, has_contact=False, facts=1)


@pytest.mark.parametrize(
    ("changes", "signal"),
    [
        ({"asked_for": frozenset({"password"})}, Signal.SECRET_ASKED),
        ({"asked_for": frozenset({"transfer"})}, Signal.MONEY_ASKED),
        ({"asked_for": frozenset({"entry"})}, Signal.ENTRY_ASKED),
        ({"verdicts": frozenset({Verdict.NOT_GENUINE})}, Signal.CHECK_FAILED),
        ({"verdicts": frozenset({Verdict.GENUINE})}, Signal.CHECK_PASSED),
        ({"evidence": 1}, Signal.EVIDENCE),
        ({"has_contact": True}, Signal.CONTACT_LEFT),
        ({"facts": 0}, Signal.TELLS_LITTLE),
        ({"case_size": 2}, Signal.IN_CASE),
        ({"is_dismissed": True}, Signal.DISMISSED),
        ({"is_withdrawn": True}, Signal.WITHDRAWN),
    ],
)
def test_each_signal_of_a_report(changes: dict[str, object], signal: Signal) -> None:
    assert read_report(PLAIN) == ()
    assert read_report(replace(PLAIN, **changes)) == (signal,)  # type: ignore[arg-type] # a member each


def test_a_caution_says_nothing_either_way() -> None:
    assert read_report(replace(PLAIN, verdicts=frozenset({Verdict.CAUTION}))) == ()


def test_a_case_is_its_gravest_report_and_how_it_goes_on() -> None:
    assert read_case(40, days=1, days_ago=10) == (40, ())
    found, signals = read_case(40, days=14, days_ago=3)
    assert signals == (Signal.SPREADS, Signal.STILL_ACTIVE)
    assert found == 40 + sum(SIGNALS[one].points for one in signals)


def test_scores_stay_within_their_scale() -> None:
    assert score([Signal.CHECK_PASSED]) == 0
    assert score(set(Signal) - {Signal.DISMISSED, Signal.WITHDRAWN}) == 100
    assert score(Signal) == 0
    assert set(Signal) == SIGNALS.keys()


def test_a_report_gains_and_loses_what_its_case_is() -> None:
    alone = (Signal.EVIDENCE, Signal.SPREADS)
    for size, gained in ((1, ()), (2, (Signal.IN_CASE,)), (9, (Signal.IN_CASE,))):
        assert resize(alone, size) == (Signal.EVIDENCE, *gained, Signal.SPREADS)
    large = resize(alone, 10)
    assert large == (Signal.EVIDENCE, Signal.IN_CASE, Signal.IN_LARGE_CASE, Signal.SPREADS)
    assert resize(large, 0) == alone


def test_what_a_check_said_can_be_read_from_its_signal() -> None:
    for verdict in Verdict:
        signals = read_report(replace(PLAIN, verdicts=frozenset({verdict})))
        assert verdicts_of(signals) == {verdict} - {Verdict.CAUTION}
