"""Whether a report tells again what another told: nearly the same words of the same visit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from rapidfuzz import fuzz

from verifiers.risk import Place, distance

OCCURRED_WITHIN: Final = timedelta(minutes=30)
NEAR_METRES: Final = 300
ALIKE_PERCENT: Final = 90.0
"""Characters in common (normalised Indel similarity) from which two texts count as one."""
_LONG_ENOUGH: Final = 20  # characters: in a shorter text one of them may be the whole difference
_TELLING: Final = 40  # characters that two people do not happen to write alike


@dataclass(frozen=True, slots=True)
class Told:
    """What of a report is compared; texts are folded, and the claimed facts are equal already."""

    text: str
    occurred_at: datetime
    place_text: str | None
    place: Place | None
    has_facts: bool


def is_repeated(told: Told, before: Told) -> bool:
    """Tell whether a report says again what another of the same claimed facts said.

    Without anything claimed and without a place on both sides only the same long words at the very
    same time count: two strangers may write "he wanted cash" in the same half hour.
    """
    if abs(told.occurred_at - before.occurred_at) > OCCURRED_WITHIN:
        return False
    is_placed = told.place_text is not None and before.place_text is not None
    if not told.has_facts and not is_placed:
        is_same = (told.text, told.occurred_at) == (before.text, before.occurred_at)
        return is_same and len(told.text) >= _TELLING
    return is_alike(told.text, before.text) and _is_same_place(told, before)


def is_alike(text: str, other: str) -> bool:
    """Tell whether two folded texts are nearly the same."""
    if text == other:
        return True
    if min(len(text), len(other)) < _LONG_ENOUGH:
        return False
    return fuzz.ratio(text, other, score_cutoff=ALIKE_PERCENT) > 0


def _is_same_place(told: Told, before: Told) -> bool:
    if told.place is not None and before.place is not None:
        return distance(told.place, before.place) <= NEAR_METRES
    if told.place_text is None or before.place_text is None:
        return True  # nothing contradicts
    return is_alike(told.place_text, before.place_text)
