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


@dataclass(frozen=True, slots=True)
class Weight:
    """Bits for or against, and why.

    `by_rarity` is multiplied by how much commoner the value is in the case than among others, as a
    base-2 logarithm: what many strangers share proves little.
    """

    bits: float
    reason: str
    by_rarity: float = 0.0


PRIOR: Final = Weight(-11.9, "most of what a look-up brings is of somebody else")
PER_DOUBLING: Final = Weight(0.1, "the more reports a case has, the likelier is one more")
STRANGERS: Final = 0.3
"""Carriers of a value whom nobody has reported yet: what is known to be rare is seldom unique."""
JOIN: Final = 2.5
"""Bits from which a report joins a case; the look after 30 days makes up for what it misses."""
MERGE: Final = 3.5
"""Bits from which a report that belongs to two cases counts as a bridge between them."""
BRIDGES: Final = 2
"""Different facts that must bridge two grown cases before they become one: one recycled number
or one mule's account joins nobody."""
GROWN: Final = 4
"""Reports from which a case is too big to be merged on one bridge."""

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
    }
)
WEIGHTS: Final[Mapping[Ground, Weight]] = MappingProxyType(
    {
        Ground.SAME_PHONE: Weight(11.9, "numbers are recycled, and hotlines are everybody's", 1.2),
        Ground.SAME_PLATE: Weight(11.6, "cars are rented, plates misread", 0.9),
        Ground.SAME_BADGE: Weight(11.5, "a genuine badge number may be copied", 0.9),
        Ground.SAME_PAYEE: Weight(10.4, "a mule may serve several rings", 0.9),
        Ground.SAME_CODE_ORIGIN: Weight(11.1, "one site, one owner", 1.5),
        Ground.SAME_NAME: Weight(10.0, "popular names have many bearers", 0.9),
        Ground.SOUNDS_ALIKE: Weight(2.5, "names are misheard"),
        Ground.SURNAME_ALIKE: Weight(1.8, "a surname alone is shared by one in twenty"),
        Ground.OTHER_NAME: Weight(-2.4, "rings have several names, but not many"),
        Ground.SAME_AGENCY: Weight(3.0, "the well-known agencies are named by all"),
        Ground.OTHER_AGENCY: Weight(-3.4, "rings keep to one or two names"),
        Ground.OTHER_PHONE: Weight(-2.3, "rings have several phones"),
        Ground.OTHER_PLATE: Weight(-2.5, "rings have several cars"),
        Ground.OTHER_BADGE: Weight(-3.2, "one badge a person"),
        Ground.NEXT_DOOR: Weight(9.2, "within a kilometre on one day", 1.1),
        Ground.NEAR: Weight(7.5, "within four kilometres and three days", 1.0),
        Ground.SAME_TOWN: Weight(2.3, "within twelve kilometres and ten days"),
        Ground.FAR: Weight(-5.8, "over 60 km apart"),
        Ground.LONG_AGO: Weight(-1.7, "rings live for weeks; numbers come back after months"),
        Ground.SAME_STORY: Weight(3.0, "nearly the same words about looks and pretext"),
        Ground.SIMILAR_STORY: Weight(1.0, "some of the same words"),
        Ground.OTHER_STORY: Weight(-1.4, "other words in the same language"),
        Ground.ASKED_ALIKE: Weight(2.3, "asked for exactly the same"),
        Ground.ASKED_OTHERWISE: Weight(-0.2, "asked for quite other things"),
    }
)
