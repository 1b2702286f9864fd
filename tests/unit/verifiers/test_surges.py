"""Surges: more than the past lets expect, and not a report less."""

import pytest

from verifiers.surges import BASELINE, GAP, LEAST, is_surge_by_ears, judge

QUIET = [0] * (BASELINE + GAP)
USUAL = [2, 1, 3, 2, 2, 1, 3] * 4 + [2, 2]


@pytest.mark.parametrize(
    ("before", "today", "surges"),
    [
        (QUIET, LEAST, True),
        (QUIET, LEAST - 1, False),
        (USUAL, 4, False),
        (USUAL, 7, False),
        (USUAL, 12, True),
        ([], LEAST, True),
    ],
)
def test_a_surge_is_what_chance_hardly_makes(
    before: list[int], today: int, *, surges: bool
) -> None:
    assert judge([*before, today]).is_surge is surges


def test_the_probability_is_the_exact_one() -> None:
    # All of three on one day of 29: (1/29)^3.
    found = judge([*QUIET, 3])
    assert found.probability == pytest.approx((1 / 29) ** 3)
    assert found.expected == pytest.approx(0.5 / BASELINE)
    # Binomial(5, 1/29), at least 3, summed by hand.
    part = 1 / 29
    by_hand = 10 * part**3 * (1 - part) ** 2 + 5 * part**4 * (1 - part) + part**5
    assert judge([1, 1, *QUIET[2:], 3]).probability == pytest.approx(by_hand)


def test_a_slow_rise_does_not_hide_itself() -> None:
    assert judge([*QUIET[:-2], 4, 6, 8]).expected == pytest.approx(0.5 / BASELINE)


@pytest.mark.parametrize(
    ("before", "today", "surges"), [(QUIET, 3, True), (USUAL, 4, False), (USUAL, 5, True)]
)
def test_ears_c2_compares_with_a_week(before: list[int], today: int, *, surges: bool) -> None:
    assert is_surge_by_ears([*before, today]) is surges
