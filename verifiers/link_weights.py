"""Every number that decides about a link, in one table, each with its reason.

Weights are bits: base-2 logarithms of how much likelier an observation is among reports of the
same visitors than among others (Fellegi and Sunter, "A theory for record linkage", JASA 64, 1969).
They were fitted by logistic regression on simulated years that are not those the figures in
docs/performance.md come from; docs/decisions/0004-linking.md tells how.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.links import Ground, KeyKind
from verifiers.routes import When


@dataclass(frozen=True, slots=True)
class Weight:
    """Bits for or against, and why.

    `by_ratio` is multiplied by how much likelier a fact is in the case than among everybody, as a
    base-2 logarithm; 1 would mean that it is worth what it seems to be worth. `by_rarity` is
    multiplied by how few others have the value, as minus the base-2 logarithm of their number.
    """

    bits: float
    reason: str
    by_ratio: float = 0.0
    by_rarity: float = 0.0


GROWN: Final = 4
"""Reports from which a case is too big to be merged on one bridge."""
PRIOR: Final[Mapping[int, Weight]] = MappingProxyType(
    {
        1: Weight(-5.98, "most visitors are reported once"),
        2: Weight(-5.98, "two reports may be together by accident"),
        3: Weight(-5.38, "so may three"),
        GROWN: Weight(-4.56, "most of what a look-up brings is of somebody else"),
    }
)
"""What is to be expected of a cluster by its size, up to `GROWN`."""
PER_DOUBLING: Final = Weight(0.0, "the more reports a case has, the likelier is one more", 0.12)
RATE: Final = Weight(0.0, "the more of a day's reports are the case's, the likelier", 0.75)
WHEN: Final[Mapping[When, Weight]] = MappingProxyType(
    {
        When.SAME_DAY: Weight(1.58, "who works today may be met again today"),
        When.BETWEEN: Weight(0.44, "a day without a report may be one without work"),
        When.OUTSIDE: Weight(0.0, "what the silence says is counted by itself"),
    }
)
STRANGERS: Final = 0.3
"""Carriers of a value whom nobody has reported yet: what is known to be rare is seldom unique."""
OF_DESKS: Final = 100.0
"""The same of toll-free, fixed and short numbers: a hotline is one before many have told of it."""
JOIN: Final = 2.5
"""Bits from which a report joins a case, after what speaks for all other clusters."""
JOIN_AT_LAST: Final = 1.0
"""The same at the last look: nothing more will be told, and what joins a case that has come to its
end misleads it no more."""
MERGE: Final = 5.0
"""Bits from which a report that belongs to two cases counts as a bridge between them."""
BRIDGES: Final = 3
"""Different facts that must bridge two grown cases before they become one: one recycled number
or one mule's account joins nobody."""
SHARED: Final[Mapping[KeyKind, Ground]] = MappingProxyType(
    {
        KeyKind.PHONE: Ground.SAME_PHONE,
        KeyKind.PLATE: Ground.SAME_PLATE,
        KeyKind.BADGE: Ground.SAME_BADGE,
        KeyKind.PAYEE: Ground.SAME_PAYEE,
        KeyKind.CODE_ORIGIN: Ground.SAME_CODE_ORIGIN,
        KeyKind.NAME: Ground.SAME_NAME,
    }
)
OTHER: Final[Mapping[KeyKind, Ground]] = MappingProxyType(
    {
        KeyKind.PHONE: Ground.OTHER_PHONE,
        KeyKind.PLATE: Ground.OTHER_PLATE,
        KeyKind.BADGE: Ground.OTHER_BADGE,
        KeyKind.PAYEE: Ground.OTHER_PAYEE,
        KeyKind.CODE_ORIGIN: Ground.OTHER_CODE_ORIGIN,
    }
)
WEIGHTS: Final[Mapping[Ground, Weight]] = MappingProxyType(
    {
        Ground.SAME_PHONE: Weight(
            13.14, "numbers are recycled, and hotlines are everybody's", 0, 1.31
        ),
        Ground.SAME_PLATE: Weight(10.77, "cars are rented, plates misread", 0, 2.38),
        Ground.SAME_BADGE: Weight(15.90, "a genuine badge number may be copied", 0, 0.32),
        Ground.SAME_PAYEE: Weight(12.49, "a mule may serve several rings", 0, 1.15),
        Ground.SAME_CODE_ORIGIN: Weight(13.34, "one site, one owner", 0, 1.22),
        Ground.MISREAD: Weight(3.63, "numbers are read in a hurry, and ends are remembered"),
        Ground.SAME_NAME: Weight(14.18, "popular names have many bearers", 1.54, 0.37),
        Ground.SOUNDS_ALIKE: Weight(6.42, "names are misheard", 1.63),
        Ground.SURNAME_ALIKE: Weight(0, "a surname is shared by many", 1.06),
        Ground.OTHER_NAME: Weight(-0.86, "rings have several names, but not many", 1.41),
        Ground.SAME_AGENCY: Weight(0, "the well-known agencies are named by all", 1.03),
        Ground.OTHER_AGENCY: Weight(0, "rings keep to one or two names", 2.31),
        Ground.OTHER_PHONE: Weight(0, "rings have several phones", 3.09),
        Ground.OTHER_PLATE: Weight(0, "rings have several cars", 1.40),
        Ground.OTHER_BADGE: Weight(0, "one badge a person", 3.56),
        Ground.OTHER_PAYEE: Weight(0, "rings have several accounts", 1.67),
        Ground.OTHER_CODE_ORIGIN: Weight(0, "one owner, seldom two sites", 2.81),
        Ground.NEXT_DOOR: Weight(0, "within a kilometre on one day", 1.06),
        Ground.NEAR: Weight(0, "where the case was to be expected", 1.06),
        Ground.FAR: Weight(0, "not where the case was to be expected", 1.10),
        Ground.LONG_AGO: Weight(0, "rings live for weeks; numbers come back after months", 1.61),
        Ground.SAME_STORY: Weight(0, "nearly the same words about looks and pretext", 0.79),
        Ground.SIMILAR_STORY: Weight(0, "some of the same words", 0.79),
        Ground.OTHER_STORY: Weight(0, "other words in the same language", 0.43),
        Ground.ASKED_ALIKE: Weight(0, "asked for exactly the same", 1.28),
    }
)
