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
        1: Weight(-6.16, "most visitors are reported once"),
        2: Weight(-4.96, "two reports may be together by accident"),
        3: Weight(-4.09, "so may three"),
        GROWN: Weight(-2.94, "most of what a look-up brings is of somebody else"),
    }
)
"""What is to be expected of a cluster by its size, up to `GROWN`."""
PER_DOUBLING: Final = Weight(0.0, "the more reports a case has, the likelier is one more", 0.16)
RATE: Final = Weight(0.0, "the more of a day's reports are the case's, the likelier", 0.70)
WHEN: Final[Mapping[When, Weight]] = MappingProxyType(
    {
        When.SAME_DAY: Weight(0.66, "who works today may be met again today"),
        When.BETWEEN: Weight(0.11, "a day without a report may be one without work"),
        When.OUTSIDE: Weight(0.0, "what the silence says is counted by itself"),
    }
)
WORDLESS: Final = Weight(1.0, "couriers and pollsters are told of in words")
"""Of reports that tell too few words to compare."""
STRANGERS: Final = 0.3
"""Carriers of a value whom nobody has reported yet: what is known to be rare is seldom unique."""
OF_DESKS: Final = 100.0
"""The same of toll-free, fixed and short numbers: a hotline is one before many have told of it."""
JOIN: Final = 1.75
"""Bits from which a report joins a case, after what speaks for all other clusters."""
MERGE: Final = 5.0
"""Bits from which a report that belongs to two cases counts as a bridge between them."""
MOST_LOOKED_AT: Final = 5
"""Ties besides the strongest that are decided about."""
SEVERAL_TIMES: Final = 2
"""Reports of a grown case that must tell a fact for it to be a bridge into a stronger tie's case:
one linked in error brings its number and name along; all of that visitor would follow by them."""
BRIDGES: Final = ((10, 3), (GROWN, 2), (1, 0))
"""From so many reports of the smaller of two cases, so many different facts must bridge them before
they become one: one recycled number or one mule's account joins nobody."""
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
            11.05, "numbers are recycled, and hotlines are everybody's", 0, 1.12
        ),
        Ground.SAME_PLATE: Weight(11.16, "cars are rented, plates misread", 0, 1.50),
        Ground.SAME_BADGE: Weight(14.92, "a genuine badge number may be copied", 0, 0.32),
        Ground.SAME_PAYEE: Weight(10.21, "a mule may serve several rings", 0, 0.95),
        Ground.SAME_CODE_ORIGIN: Weight(13.92, "one site, one owner", 0, 2.48),
        Ground.MISREAD: Weight(4.75, "numbers are read in a hurry, and ends are remembered"),
        Ground.SAME_NAME: Weight(13.54, "popular names have many bearers", 1.70, 0.34),
        Ground.SOUNDS_ALIKE: Weight(6.50, "names are misheard", 1.79),
        Ground.SURNAME_ALIKE: Weight(0, "a surname is shared by many", 0.85),
        Ground.OTHER_NAME: Weight(-0.51, "rings have several names, but not many", 1.21),
        Ground.SAME_AGENCY: Weight(0, "the well-known agencies are named by all", 1.08),
        Ground.OTHER_AGENCY: Weight(0, "rings keep to one or two names", 2.16),
        Ground.OTHER_PHONE: Weight(0, "rings have several phones", 2.62),
        Ground.OTHER_PLATE: Weight(0, "rings have several cars", 1.62),
        Ground.OTHER_BADGE: Weight(0, "one badge a person", 2.81),
        Ground.OTHER_PAYEE: Weight(0, "rings have several accounts", 1.29),
        Ground.OTHER_CODE_ORIGIN: Weight(0, "one owner, seldom two sites", 3.05),
        Ground.SAME_VISIT: Weight(0, "neighbours tell of a visit, too, or somebody twice", 1.12),
        Ground.OFTEN_ALONE: Weight(
            0, "couriers and pollsters are reported in words of theirs", 0.46
        ),
        Ground.NEXT_DOOR: Weight(0, "within a kilometre on one day", 0.89),
        Ground.NEAR: Weight(0, "where the case was to be expected", 0.89),
        Ground.FAR: Weight(0, "not where the case was to be expected", 1.08),
        Ground.LONG_AGO: Weight(0, "rings live for weeks; numbers come back after months", 1.23),
        Ground.SAME_STORY: Weight(0, "nearly the same words about looks and pretext", 0.67),
        Ground.SIMILAR_STORY: Weight(0, "some of the same words", 0.67),
        Ground.OTHER_STORY: Weight(0, "other words in the same language", 0.29),
        Ground.OTHER_LANGUAGE: Weight(0, "what means the same is told of the same visitor", 0.52),
        Ground.TOLD_OF_OTHERS: Weight(0, "a visitor has one look and seldom two stories", 0.39),
        Ground.ASKED_ALIKE: Weight(0, "asked for exactly the same", 0.86),
    }
)
