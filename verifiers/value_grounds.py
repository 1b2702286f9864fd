"""What numbers, sites and names say about a link."""

import math
from collections.abc import Iterator, Mapping
from typing import Final

from rapidfuzz.distance import Hamming

from domain.links import Ground, KeyKind
from verifiers.backgrounds import Background
from verifiers.contact import is_of_a_desk
from verifiers.link_weights import OF_DESKS, OTHER, SHARED, STRANGERS
from verifiers.neighbourhoods import Carriers, Reason
from verifiers.profiles import Profile, times
from verifiers.reasons import reason
from verifiers.spoken_names import likeness
from verifiers.traits import Key, Traits

_ALIKE: Final = 0.8
"""Likeness of two given names from which they may be the same one, heard differently."""
_REMEMBERED: Final = 4
"""Characters at the end of a number that people remember."""
_READ: Final = frozenset({KeyKind.PHONE, KeyKind.PLATE, KeyKind.BADGE})
_COMPARED: Final = 12
"""Values of a case that another one is compared with, character by character."""


def about_values(
    new: Traits, cluster: str, profile: Profile, carriers: Mapping[Key, Carriers]
) -> Iterator[Reason]:
    """Yield what a report's numbers, accounts and sites say about its being of a cluster."""
    for kind, value in new.values.items():
        known = profile.values.get(kind)
        if not known:
            continue
        found, latest = known.get(value), max(one.report for one in known.values())
        if found is not None:
            key = (kind, value)
            is_desk = kind is KeyKind.PHONE and is_of_a_desk(value)
            strangers = OF_DESKS if is_desk else STRANGERS
            rarity = -math.log2(carriers[key].outside(cluster) + strangers)
            yield reason(SHARED[kind], profile, found.report, key=key, rarity=rarity)
            continue
        misread = kind in _READ and next(
            (one for one in list(known)[:_COMPARED] if _is_misread(kind, value, one)), None
        )
        if misread:
            yield reason(Ground.MISREAD, profile, known[misread].report)
        else:
            ratio = math.log2((len(known) + 0.3) / (times(known.values()) + 1))
            yield reason(OTHER[kind], profile, latest, ratio=ratio)


def about_names(
    new: Traits,
    cluster: str,
    profile: Profile,
    carriers: Mapping[Key, Carriers],
    background: Background,
) -> Iterator[Reason]:
    """Yield what the name that a visitor gave says about his being of a cluster."""
    name, told = new.name, times(profile.names.values())
    if name is None or not told:
        return
    exact = profile.names.get(name)
    if name.given and exact is not None:
        key = (KeyKind.NAME, name.whole)
        rarity = -math.log2(carriers[key].outside(cluster) + STRANGERS)
        ratio = math.log2(exact.times / (told + 1))
        yield reason(Ground.SAME_NAME, profile, exact.report, key=key, ratio=ratio, rarity=rarity)
        return
    same_surname = {
        one: count for one, count in profile.names.items() if one.surname == name.surname
    }
    if name.given:
        alike = {one: count for one, count in same_surname.items() if likeness(name, one) >= _ALIKE}
        if alike:
            ratio = math.log2((times(alike.values()) + 0.1) / (told + 0.5))
            latest = max(one.report for one in alike.values())
            yield reason(Ground.SOUNDS_ALIKE, profile, latest, ratio=ratio)
            return
    elif same_surname:
        ratio = background.surname_ratio(name.surname, times(same_surname.values()), told)
        latest = max(one.report for one in same_surname.values())
        yield reason(Ground.SURNAME_ALIKE, profile, latest, ratio=ratio)
        return
    ratio = math.log2((len({one.surname for one in profile.names}) + 0.3) / (told + 1))
    latest = max(one.report for one in profile.names.values())
    yield reason(Ground.OTHER_NAME, profile, latest, ratio=ratio)


def _is_misread(kind: KeyKind, one: str, other: str) -> bool:
    """Tell whether two numbers differ in one character, or one is the other's end.

    Badge numbers are given out in order: the next one is a colleague's, and what looks alike on
    a badge has been folded already.
    """
    if len(one) == len(other):
        return kind is not KeyKind.BADGE and Hamming.distance(one, other) == 1
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) == _REMEMBERED and longer.endswith(shorter)
