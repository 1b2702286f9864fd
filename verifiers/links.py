"""Whether a report belongs to a case, link by link, each link with its grounds.

A new report meets its neighbours: those that an index found under its keys, bounded in number.
What a value proves depends on who else has it: the carriers of a value outside of a case speak
against the case, so the bank's own hotline proves nothing and a burner number nearly everything.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Final

from domain.links import Ground
from verifiers.link_weights import (
    OTHER,
    PER_DOUBLING,
    PRIOR,
    SHARED,
    STRANGERS,
    WEIGHTS,
)
from verifiers.neighbourhoods import (
    NEAR_DAYS,
    NEAR_METRES,
    Link,
    Neighbour,
    Neighbourhood,
    Reason,
)
from verifiers.risk import distance
from verifiers.spoken_names import likeness
from verifiers.traits import Key, Traits

_DAY: Final = 86_400
_NEXT_DOOR_METRES: Final = 1_000
_NEXT_DOOR_SECONDS: Final = 43_200
_FAR_METRES: Final = 60_000
_TOWN_METRES: Final = 12_000
_SAME_DAYS: Final = 10
_LONG_DAYS: Final = 45
_ALIKE: Final = 0.8
"""Likeness of two given names from which they may be the same one, heard differently."""
_SAME_WORDS, _SOME_WORDS = 0.6, 0.3
_LEAST_WORDS: Final = 3
_OFTEN, _SELDOM = 0.34, 0.15
"""Shares of a case's reports from which it is like this, and below which it is not."""


def find_links(new: Traits, around: Neighbourhood) -> list[Link]:
    """Return a report's ties to every cluster around it, the strongest first."""
    close = {
        found.traits.report_id: ground
        for found in around.neighbours.values()
        if (ground := _closeness(new, found.traits)) is not None
    }
    links = [_weigh(new, members, around, close) for members in around.clusters.values()]
    return sorted(links, key=lambda link: (-link.bits, link.cluster))


def _weigh(
    new: Traits, members: list[Neighbour], around: Neighbourhood, close: Mapping[str, Ground]
) -> Link:
    reasons = [
        *_about_values(new, members, around),
        *_about_names(new, members),
        *_about_agencies(new, members),
        *_about_places(new, members, close),
        *_about_stories(new, members),
    ]
    size = members[0].case_size
    expected = PRIOR.bits + PER_DOUBLING.bits * math.log2(size)
    bits = round(expected + sum(one.bits for one in reasons), 2)
    return Link(members[0].cluster, size, bits, tuple(reasons))


def _about_values(new: Traits, members: list[Neighbour], around: Neighbourhood) -> Iterator[Reason]:
    ids = {one.traits.report_id: one.traits for one in members}
    for key, carriers in around.carriers.items():
        kind = key[0]
        inside = [one for one in carriers.report_ids if one in ids]
        if inside and kind in SHARED:
            outside = around.outside(carriers, len(inside))
            yield _reason(SHARED[kind], new, ids[inside[0]], key, (len(inside), outside))
        elif kind in OTHER:
            unlike = next((one for one in members if kind in one.traits.values), None)
            if unlike is not None:
                yield _reason(OTHER[kind], new, unlike.traits)


def _about_names(new: Traits, members: list[Neighbour]) -> Iterator[Reason]:
    if new.name is None:
        return
    names = [(one.traits.name, one.traits) for one in members if one.traits.name is not None]
    if not names or any(name == new.name for name, _ in names):
        return
    same = [(name, traits) for name, traits in names if name.surname == new.name.surname]
    alike = [(likeness(new.name, name), traits) for name, traits in same]
    best = max(alike, key=lambda pair: pair[0], default=None)
    if best is not None and best[0] >= _ALIKE:
        yield _reason(Ground.SOUNDS_ALIKE, new, best[1])
        return
    bare = next((one for name, one in same if not name.given or not new.name.given), None)
    if bare is not None:
        yield _reason(Ground.SURNAME_ALIKE, new, bare)
    else:
        yield _reason(Ground.OTHER_NAME, new, names[0][1])


def _about_agencies(new: Traits, members: list[Neighbour]) -> Iterator[Reason]:
    named = [one.traits for one in members if one.traits.agency is not None]
    if new.agency is None or not named:
        return
    same = [one for one in named if one.agency == new.agency]
    if len(same) >= len(named) * _OFTEN:
        yield _reason(Ground.SAME_AGENCY, new, same[0])
    elif len(same) < len(named) * _SELDOM:
        yield _reason(Ground.OTHER_AGENCY, new, named[0])


def _about_places(
    new: Traits, members: list[Neighbour], close: Mapping[str, Ground]
) -> Iterator[Reason]:
    nearest = min(members, key=lambda one: abs(one.traits.at - new.at)).traits
    if abs(nearest.at - new.at) > _LONG_DAYS * _DAY:
        yield _reason(Ground.LONG_AGO, new, nearest)
    for ground in (Ground.NEXT_DOOR, Ground.NEAR):
        inside = [one.traits for one in members if close.get(one.traits.report_id) is ground]
        if inside:
            everybody = sum(found is ground for found in close.values())
            counts = (len(inside), everybody - len(inside))
            yield _reason(ground, new, inside[0], None, counts)
            return
    metres = [
        (distance(new.place, one.traits.place), one.traits)
        for one in members
        if new.place is not None and one.traits.place is not None
    ]
    same_days = [pair for pair in metres if abs(pair[1].at - new.at) <= _SAME_DAYS * _DAY]
    best = min(same_days or metres, key=lambda pair: pair[0], default=None)
    if best is not None and best[0] > _FAR_METRES:
        yield _reason(Ground.FAR, new, best[1])
    elif same_days and best is not None and best[0] <= _TOWN_METRES:
        yield _reason(Ground.SAME_TOWN, new, best[1])


def _about_stories(new: Traits, members: list[Neighbour]) -> Iterator[Reason]:
    told = [
        (part, one.traits)
        for one in members
        if (part := _overlap(new.words, one.traits.words)) is not None
    ]
    if told:
        best = max(told, key=lambda pair: pair[0])[1]
        alike = sum(part >= _SAME_WORDS for part, _ in told) / len(told)
        similar = sum(part >= _SOME_WORDS for part, _ in told) / len(told)
        if alike >= _OFTEN:
            yield _reason(Ground.SAME_STORY, new, best)
        elif similar >= _OFTEN:
            yield _reason(Ground.SIMILAR_STORY, new, best)
        elif similar < _SELDOM:
            yield _reason(Ground.OTHER_STORY, new, best)
    asked = [one.traits for one in members if one.traits.asked_for]
    if new.asked_for and asked:
        same = [one for one in asked if one.asked_for == new.asked_for]
        meeting = [one for one in asked if not new.asked_for.isdisjoint(one.asked_for)]
        if len(same) >= len(asked) * _OFTEN:
            yield _reason(Ground.ASKED_ALIKE, new, same[0])
        elif len(meeting) < len(asked) * _SELDOM:
            yield _reason(Ground.ASKED_OTHERWISE, new, asked[0])


def _closeness(one: Traits, other: Traits) -> Ground | None:
    if one.place is None or other.place is None or abs(one.at - other.at) > NEAR_DAYS * _DAY:
        return None
    metres = distance(one.place, other.place)
    if metres <= _NEXT_DOOR_METRES and abs(one.at - other.at) <= _NEXT_DOOR_SECONDS:
        return Ground.NEXT_DOOR
    return Ground.NEAR if metres <= NEAR_METRES else None


def _overlap(one: frozenset[str], other: frozenset[str]) -> float | None:
    """Return the share of common words, or None for too few, or another script."""
    if min(len(one), len(other)) < _LEAST_WORDS or _is_latin(one) is not _is_latin(other):
        return None
    return len(one & other) / min(len(one), len(other))


def _is_latin(words: frozenset[str]) -> bool:
    return next(iter(words)).isascii()


def _reason(
    ground: Ground,
    new: Traits,
    other: Traits,
    key: Key | None = None,
    counts: tuple[int, float] | None = None,
) -> Reason:
    """Return a ground with its bits; `counts` are carriers inside and outside of the cluster."""
    weight, rarity = WEIGHTS[ground], 0.0
    if counts is not None:
        rarity = math.log2(counts[0] / (counts[1] + STRANGERS))
    metres = None
    if new.place is not None and other.place is not None:
        metres = round(distance(new.place, other.place))
    hours = round(abs(new.at - other.at) / 3600)
    bits = round(weight.bits + weight.by_rarity * rarity, 2)
    return Reason(ground, bits, other.report_id, key, metres, hours)
