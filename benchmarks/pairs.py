"""How well reports are grouped, over all pairs of them; needs the standard library only."""

from collections import Counter
from collections.abc import Iterable, Mapping


def pairwise(found: Mapping[str, str], truth: Mapping[str, str]) -> tuple[float, float]:
    """Return precision and recall over all pairs of reports."""
    both = Counter((found.get(one, one), entity) for one, entity in truth.items())
    linked = Counter(found.get(one, one) for one in truth)
    right = _pairs(both.values())
    return right / max(_pairs(linked.values()), 1), right / _pairs(Counter(truth.values()).values())


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
