"""What words prove: those that come together once, and what cases agree on more than what varies.

Words that come together in a sample of texts are one phrase (`wordings.py`). A phrase that comes
inside another says only how usual it is *there*: where one reporter's opening meets the visitor's
pretext, the pretext has been counted already.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

_SURE: Final = 1.5
"""For a rare word: texts of usual contents that a case is thought to have besides its own."""


class Phrase(NamedTuple):
    """Words that come together; `within` is the place of the phrase that it comes inside, if any.

    `usual` is its part of all texts, or of those with the outer phrase; `varies` is how many texts
    of usual contents a case is thought to have besides its own: few where cases agree, many for
    what is the reporters' and not the visitor's.
    """

    words: Sequence[str]
    usual: float
    varies: float
    within: int | None


class Phrases(NamedTuple):
    """A text's words: the phrases, the commonest first, and the rare words with their shares.

    `tied` is how much likelier texts with these phrases are to be of a case, as a base-2 logarithm.
    """

    together: Sequence[Phrase]
    rare: Sequence[tuple[str, float]]
    tied: float = 0.0


def told_alike(
    phrases: Phrases, told: Mapping[str, Sequence[int]], texts: int
) -> tuple[float, float, str | None]:
    """Return for and against a text being of a case with so many texts, and its tellingest word."""
    alike = other = best = 0.0
    telling = None
    having: list[float] = []
    for one in phrases.together:
        found = [told[word][0] for word in one.words if word in told]
        has = sum(found) / len(one.words)
        of = texts if one.within is None else max(having[one.within], has)
        having.append(has)
        ratio = math.log2((has / one.usual + one.varies) / (of + one.varies))
        if ratio > 0:
            alike += ratio
        else:
            other += ratio
        if ratio > best:
            best = ratio
            telling = next((word for word in one.words if word in told), telling)
    rare = 0.0
    for word, usual in phrases.rare:
        found_in = told[word][0] if word in told else 0
        ratio = math.log2((found_in / usual + _SURE) / (texts + _SURE))
        if ratio > rare:
            rare = ratio
            telling = word if rare > best else telling
    return alike + rare, other, telling
