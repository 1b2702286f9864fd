"""Durations by steps: never too short, never more than a fifth too long."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.durations import STEPS, quantile, step_of


@given(st.integers(min_value=300, max_value=STEPS[-1] * 60))
def test_a_step_is_at_most_a_fifth_too_long(seconds: int) -> None:
    step = step_of(timedelta(seconds=seconds))
    assert seconds <= step * 60
    assert step <= seconds / 60 * 1.2 + 1  # whole minutes


def test_what_took_for_ever_is_of_the_last_step() -> None:
    assert step_of(timedelta(days=4_000)) == STEPS[-1]
    assert step_of(timedelta(seconds=-1)) == STEPS[0] == 5
    assert list(STEPS) == sorted(set(STEPS))


@pytest.mark.parametrize(
    ("counted", "half", "nine_of_ten"),
    [
        ({}, None, None),
        ({5: 0}, None, None),
        ({60: 1}, 60, 60),
        ({5: 1, 60: 1}, 5, 60),
        ({60: 9, 5: 1}, 60, 60),
        ({5: 9, 60: 1}, 5, 5),
        ({5: 8, 60: 1, 600: 1}, 5, 60),
    ],
)
def test_a_quantile_is_the_first_step_that_holds_so_many(
    counted: dict[int, int], half: int | None, nine_of_ten: int | None
) -> None:
    assert quantile(counted, 0.5) == half
    assert quantile(counted, 0.9) == nine_of_ten
