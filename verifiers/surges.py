"""Whether an area has more reports on a day than its past lets expect.

Two published methods, for days with few reports each. EARS C2 (Hutwagner, Thompson, Seeman and
Treadwell, "The bioterrorism preparedness and response Early Aberration Reporting System", Journal
of Urban Health 80, 2003): more than 3 standard deviations above the mean of 7 days, the last two
left out so that a slow rise does not hide itself. C1 leaves none out; C3 sums C2's excess over
three days. And the exact test of a Poisson count against a baseline of its own length
(Przyborowski and Wilenski, "Homogeneity of results in testing samples from Poisson series",
Biometrika 31, 1940), which suits small counts: that the day's part of all reports is no more than
its part of the time. docs/decisions/0004-linking.md says which serves.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

GAP: Final = 2
"""Days before the one in question that are no baseline, as in EARS C2."""
BASELINE: Final = 28
"""Days of baseline for the Poisson test: whole weeks, so that weekends weigh alike."""
_EARS_DAYS: Final = 7
_EARS_DEVIATIONS: Final = 3.0
_LEAST_DEVIATION: Final = 0.2  # as EARS has it: a week without reports has no deviation at all
RARE: Final = 0.0005
"""Probability by chance below which a day is a surge: a false alarm an area in five years."""
LEAST: Final = 3
"""Reports below which nothing is called a surge."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A day's reports against what was to be expected, and how probable as many are by chance."""

    reports: int
    expected: float
    probability: float

    @property
    def is_surge(self) -> bool:
        """Tell whether somebody should look."""
        return self.reports >= LEAST and self.probability < RARE


def judge(days: Sequence[int]) -> Finding:
    """Judge the last of consecutive days by the Poisson test; missing days before count as none."""
    today, baseline = days[-1], list(days[:-1])[-(BASELINE + GAP) : -GAP or None]
    total = sum(baseline)
    # Half a report more than was seen: an area without a past is quiet, not impossible.
    expected = (total + 0.5) / BASELINE
    return Finding(today, expected, _at_least(today, total, 1 / (BASELINE + 1)))


def is_surge_by_ears(days: Sequence[int]) -> bool:
    """Judge the last of consecutive days by EARS C2."""
    baseline = list(days[:-1])[-(_EARS_DAYS + GAP) : -GAP or None]
    baseline = [0] * (_EARS_DAYS - len(baseline)) + baseline
    mean = sum(baseline) / _EARS_DAYS
    variance = sum((one - mean) ** 2 for one in baseline) / (_EARS_DAYS - 1)
    deviation = max(math.sqrt(variance), _LEAST_DEVIATION)
    return days[-1] >= LEAST and (days[-1] - mean) / deviation > _EARS_DEVIATIONS


def _at_least(today: int, before: int, part: float) -> float:
    """Return the probability that so many of all fall on a day that is this part of the time."""
    total = today + before
    return sum(
        math.comb(total, count) * part**count * (1 - part) ** (total - count)
        for count in range(today, total + 1)
    )
