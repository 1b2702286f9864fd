"""What speaks against two clusters being of one visitor: that both tell what neither shares.

A report that tells little may fit both well. What it does not tell, they do: a case whose badge
number is one and the same a hundred times is not of him whose badge has another.
"""

from collections.abc import Mapping

from domain.links import Ground, KeyKind
from verifiers.link_weights import OTHER, WEIGHTS
from verifiers.profiles import Profile, Told, times
from verifiers.spoken_names import SpokenName, likeness
from verifiers.value_grounds import ALIKE, COMPARED, READ, another, is_misread


def clash(one: Profile, other: Profile) -> float:
    """Return the bits for two clusters being of one visitor, by what each tells: never above 0."""
    bits = 0.0
    for kind, ground in OTHER.items():
        mine, theirs = one.values.get(kind, {}), other.values.get(kind, {})
        if mine and theirs and not _alike(kind, mine, theirs):
            bits += min(_bits(ground, told, len(told)) for told in (mine, theirs))
    if one.names and other.names and not _sound_alike(one.names, other.names):
        bits += min(
            _bits(Ground.OTHER_NAME, told, len({name.surname for name in told}))
            for told in (one.names, other.names)
        )
    return min(bits, 0.0)


def _bits(
    ground: Ground, told: Mapping[str, Told] | Mapping[SpokenName, Told], several: int
) -> float:
    weight = WEIGHTS[ground]
    return weight.bits + weight.by_ratio * another(several, times(told.values()))


def _alike(kind: KeyKind, one: Mapping[str, Told], other: Mapping[str, Told]) -> bool:
    return not one.keys().isdisjoint(other) or (
        kind in READ
        and any(
            is_misread(kind, mine, theirs)
            for mine in list(one)[:COMPARED]
            for theirs in list(other)[:COMPARED]
        )
    )


def _sound_alike(one: Mapping[SpokenName, Told], other: Mapping[SpokenName, Told]) -> bool:
    return not one.keys().isdisjoint(other) or any(
        mine.surname == theirs.surname
        and (not mine.given or not theirs.given or likeness(mine, theirs) >= ALIKE)
        for mine in one
        for theirs in other
    )
