"""How long things took, in steps, so that a day of many durations is a few counts.

Steps grow by a fifth: what is read off them is never more than a fifth too long, never too short.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import timedelta
from math import ceil
from typing import Final

_SHORTEST: Final = 5
_GROWTH: Final = 1.2
_LONGEST: Final = 3 * 366 * 24 * 60
"""Minutes; what took longer is of the last step."""


def _steps() -> Iterator[int]:
    bound = float(_SHORTEST)
    while bound < _LONGEST:
        yield ceil(bound)
        bound *= _GROWTH
    yield _LONGEST


STEPS: Final = tuple(_steps())
"""Minutes."""


def step_of(duration: timedelta) -> int:
    """Return the step of a duration: it took at most so many minutes."""
    minutes = duration / timedelta(minutes=1)
    return STEPS[min(bisect_left(STEPS, minutes), len(STEPS) - 1)]


def quantile(counted: Mapping[int, int], share: float) -> int | None:
    """Return within how many minutes so great a share was done; None of nothing.

    `counted` says how many durations are of each step.
    """
    wanted, done = share * sum(counted.values()), 0
    for step in sorted(counted):
        done += counted[step]
        if counted[step] and done >= wanted:
            return step
    return None
