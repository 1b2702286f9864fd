"""Which cases are worth a look though nothing leads to them: those that were at work in those days.

A report without number, name or place is found by no index. Who is met often is its likeliest
visitor, so that the busiest of the grown cases are asked, so many at most, at later looks.
"""

import heapq
import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from domain.links import Ground
from verifiers.link_weights import RATE, WEIGHTS
from verifiers.routes import pace

ACTIVE: Final = 64
"""Cases that such a look brings at most."""
ACTIVE_DAYS: Final = 4
"""Days before a case's first report and after its last one in which it may have been at work."""


class Active(NamedTuple):
    """A grown case: how many reports it has, and when the first and last visit were (Unix)."""

    case_id: str
    size: int
    first: float
    last: float


def likeliest(cases: Iterable[Active], at: float) -> list[str]:
    """Return those of some cases that most reports were to be expected of at a moment."""
    return [one.case_id for one in heapq.nlargest(ACTIVE, cases, lambda one: _expected(one, at))]


def _expected(one: Active, at: float) -> tuple[float, str]:
    # In bits, as the linker will judge it; the identifier makes the order one that repeats.
    per_day, silence = pace(one.size, one.first, one.last, at)
    bits = RATE.by_ratio * math.log2(per_day) - WEIGHTS[Ground.LONG_AGO].by_ratio * silence
    return bits, one.case_id
