"""A sample of texts: which words come together, what cases agree on, and what is told of nobody.

Each word is a set of bits, one for each text of the sample that has it.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from verifiers.phrases import Phrase, Phrases

SELDOM: Final = 3
"""Texts of the sample below which a word belongs to no phrase."""
TOGETHER: Final = 0.4
"""The part of all texts with one of two words that have both, from which they are one phrase."""
_INSIDE: Final = 0.7
"""The part of a phrase's texts that have another one, from which it comes inside that."""
_LARGE: Final = 8
"""Texts from which a case of the sample does not count for more than a smaller one."""
_DOUBT: Final = 30.0
"""Pairs of texts that are thought of besides those that were seen, agreeing by `_USUALLY`."""
_USUALLY: Final = 0.1
_LEAST, _MOST = 0.01, 0.9
_USUAL_TEXTS: Final = 4.0
"""Texts, tied as often as others, that are thought of besides those with a phrase."""


class Text(NamedTuple):
    """A text of the sample; `is_telling` if its report has a name or a number."""

    script: str
    words: Iterable[str]
    case: str | None
    is_telling: bool = True


@dataclass(slots=True)
class Wording:
    """A sample of texts in one script: which words come together, and what cases agree on."""

    texts: int = 0
    words: dict[str, int] = field(default_factory=dict)
    cases: Sequence[tuple[int, int]] = ()
    """For each case with several texts in the sample their bits and their number."""
    telling: int = 0
    """The bits of texts of reports that tell a name or a number, by which they can be tied."""
    tied: int = 0
    """Of those the ones that are of a case."""
    _varies: dict[str, float] = field(default_factory=dict)

    def phrases(self, words: Iterable[str]) -> Phrases:
        """Return a text's words as phrases."""
        found = [(self.words.get(one, 0), one) for one in words]
        sets: list[tuple[int, list[str]]] = []
        rare = []
        for bits, word in sorted(found, key=lambda one: (-one[0].bit_count(), one[1])):
            if bits.bit_count() < SELDOM:
                rare.append((word, _share(bits.bit_count(), self.texts + 10)))
                continue
            for other, together in sets:
                if (bits & other).bit_count() >= TOGETHER * (bits | other).bit_count():
                    together.append(word)
                    break
            else:
                sets.append((bits, [word]))
        phrases = [self._phrase(at, sets) for at in range(len(sets))]
        tied = sum(self._how_tied(at, sets, one.within) for at, one in enumerate(phrases))
        return Phrases(phrases, rare, tied)

    def _how_tied(
        self, at: int, sets: Sequence[tuple[int, list[str]]], within: int | None
    ) -> float:
        of = self.telling if within is None else self.telling & sets[within][0]
        having = of & sets[at][0]
        return how_tied(
            (having & self.tied).bit_count(),
            having.bit_count(),
            (of & self.tied).bit_count(),
            of.bit_count(),
        )

    def _phrase(self, at: int, sets: Sequence[tuple[int, list[str]]]) -> Phrase:
        bits, words = sets[at]
        many, within = bits.bit_count(), None
        least = 0.0
        for place, (other, _) in enumerate(sets[:at]):
            inside = (bits & other).bit_count() / many
            # The rarest of those around it explains it best.
            if inside >= _INSIDE and inside / other.bit_count() > least:
                least, within = inside / other.bit_count(), place
        texts = self.texts + 10 if within is None else sets[within][0].bit_count() + 1
        if words[0] not in self._varies:
            self._varies[words[0]] = self._how_varied(bits)
        return Phrase(words, _share(many, texts), self._varies[words[0]], within)

    def _how_varied(self, bits: int) -> float:
        # By how often two texts of one case both have it: the correlation within cases.
        pairs, both = _DOUBT, 0.0
        for mine, size in self.cases:
            weight = min(1, _LARGE / size)
            pairs += size * (size - 1) / 2 * weight
            having = (bits & mine).bit_count()
            both += having * (having - 1) / 2 * weight
        usual = _share(bits.bit_count(), self.texts + 10)
        chance = usual * usual
        spread = usual - chance
        both += _DOUBT * (chance + _USUALLY * spread)
        alike = min(max((both / pairs - chance) / spread, _LEAST), _MOST)
        return (1 - alike) / alike


def how_tied(tied: int, having: int, all_tied: int, every: int) -> float:
    """Return how much likelier reports that tell something are to be of a case than any.

    As a ratio of odds, a base-2 logarithm; `tied` are those of a case among those `having` it,
    `all_tied` those among `every` one.
    """
    usual = all_tied / max(every, 1)
    if not 0 < usual < 1:
        return 0.0
    odds = (tied + _USUAL_TEXTS * usual) / (having - tied + _USUAL_TEXTS * (1 - usual))
    return math.log2(odds * (1 - usual) / usual)


def wordings_of(told: Iterable[Text]) -> dict[str, Wording]:
    """Return the wording of each script."""
    made: defaultdict[str, Wording] = defaultdict(Wording)
    cases: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for script, words, case, is_telling in told:
        wording = made[script]
        bit = 1 << wording.texts
        wording.texts += 1
        wording.telling |= bit * is_telling
        if case is not None:
            cases[script][case] |= bit
            wording.tied |= bit * is_telling
        for word in words:
            wording.words[word] = wording.words.get(word, 0) | bit
    for script, wording in made.items():
        sizes = ((bits, bits.bit_count()) for bits in cases[script].values())
        wording.cases = [(bits, size) for bits, size in sizes if size > 1]
    return dict(made)


def _share(many: int, texts: int) -> float:
    return min((many + 0.5) / texts, 0.95)
