"""What a new report's links come to: a case that it joins, a case that it opens, cases that merge.

One report must not melt two rings together: grown cases merge only on several different facts, and
never where people have said that they are apart.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from verifiers.link_weights import BRIDGES, GROWN, JOIN, MERGE
from verifiers.neighbourhoods import Link
from verifiers.traits import Key

MOST_LOOKED_AT = 5
"""Ties besides the strongest that are decided about."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`joins` is the cluster of the report, None when it stays alone; `merges` come to it.

    `possible` are ties that the guard or people keep from merging, or of which none is surer than
    the others: for analysts.
    """

    joins: Link | None
    merges: tuple[Link, ...] = ()
    possible: tuple[Link, ...] = ()


def rivals_of(links: Sequence[Link]) -> Sequence[Link]:
    """Return the ties besides the strongest that are strong enough to ask about."""
    return [one for one in links[1 : MOST_LOOKED_AT + 1] if one.bits >= JOIN]


def decide(
    links: Sequence[Link],
    known: Mapping[str, Collection[Key]],
    apart: Collection[tuple[str, str]],
    settled: Collection[str] = (),
    least: float = JOIN,
) -> Decision:
    """Return what becomes of a report with these links, the strongest first.

    `known` are facts that earlier reports bridged the strongest and another cluster by; `apart`
    are pairs of clusters that people have kept apart, each in order; `settled` are clusters that
    come to no other. `least` are the bits that the report has to have to join.
    """
    if not links or links[0].bits < least:
        return Decision(None)
    best = links[0]
    merges: list[Link] = []
    possible: list[Link] = []
    for link in rivals_of(links):
        facts = {*known.get(link.cluster, ()), *link.shared}
        # All that come end in one case, so none may be apart from any other.
        is_apart = any(_pair(link, one) in apart for one in (best, *merges))
        if not is_apart and link.cluster not in settled and _may_merge(best, link, facts):
            merges.append(link)
        else:
            possible.append(link)
    others = [one for one in links[1:] if one not in merges]
    if _odds(best, others) < least:
        surely = (one for one in (best, *rivals_of(links)) if one.bits >= JOIN)
        return Decision(None, possible=tuple(surely))
    return Decision(best, tuple(merges), tuple(possible))


def _odds(best: Link, others: Sequence[Link]) -> float:
    """Return the bits for the strongest tie, after what speaks for others.

    There was one visitor: what fits two cases as well is of neither for sure.
    """
    # Over the strongest of them, so that nothing overflows however much there is to tell.
    most = max((0.0, *(one.bits for one in others)))
    rest = 2**-most + sum(2 ** (one.bits - most) for one in others)
    return best.bits - most - math.log2(rest)


def _pair(one: Link, other: Link) -> tuple[str, str]:
    return min(one.cluster, other.cluster), max(one.cluster, other.cluster)


def _may_merge(one: Link, other: Link, facts: Collection[Key]) -> bool:
    smaller = min(one.size, other.size)
    if smaller == 1:
        return True
    # Only what ties the weaker side counts: the report is at home on the stronger one.
    return other.bits >= MERGE and (smaller < GROWN or len(facts) >= BRIDGES)
