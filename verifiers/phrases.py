"""What words prove: those that come together once, and what cases agree on more than what varies.

In a sample of texts each word is a set of bits, one for each text that has it. Words that come
together there are one phrase. A phrase that comes inside another says only how usual it is *there*:
where one reporter's opening meets the visitor's pretext, the pretext has been counted already.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_SELDOM: Final = 3
"""Texts of the sample below which a word belongs to no phrase."""
_TOGETHER: Final = 0.4
"""The part of all texts with one of two words that have both, from which they are one phrase."""
_INSIDE: Final = 0.7
"""The part of a phrase's texts that have another one, from which it comes inside that."""
_LARGE: Final = 8
"""Texts from which a case of the sample does not count for more than a smaller one."""
_DOUBT: Final = 30.0
"""Pairs of texts that are thought of besides those that were seen, agreeing by `_USUALLY`."""
_USUALLY: Final = 0.1
_SURE: Final = 1.5
"""For a rare word: texts of usual contents that a case is thought to have besides its own."""
_LEAST, _MOST = 0.01, 0.9


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
    """A text's words: the phrases, the commonest first, and the rare words with their shares."""

    together: Sequence[Phrase]
    rare: Sequence[tuple[str, float]]


@dataclass(slots=True)
class Wording:
    """A sample of texts in one script: which words come together, and what cases agree on."""

    texts: int = 0
    words: dict[str, int] = field(default_factory=dict)
    cases: Sequence[tuple[int, int]] = ()
    """For each case with several texts in the sample their bits and their number."""
    _varies: dict[str, float] = field(default_factory=dict)

    def phrases(self, words: Iterable[str]) -> Phrases:
        """Return a text's words as phrases."""
        found = [(self.words.get(one, 0), one) for one in words]
        sets: list[tuple[int, list[str]]] = []
        rare = []
        for bits, word in sorted(found, key=lambda one: (-one[0].bit_count(), one[1])):
            if bits.bit_count() < _SELDOM:
                rare.append((word, _share(bits.bit_count(), self.texts + 10)))
                continue
            for other, together in sets:
                if (bits & other).bit_count() >= _TOGETHER * (bits | other).bit_count():
                    together.append(word)
                    break
            else:
                sets.append((bits, [word]))
        return Phrases([self._phrase(at, sets) for at in range(len(sets))], rare)

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


def wordings_of(told: Iterable[tuple[str, Iterable[str], str]]) -> dict[str, Wording]:
    """Return the wording of each script, of texts as (script, words, case)."""
    made: defaultdict[str, Wording] = defaultdict(Wording)
    cases: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for script, words, case in told:
        wording = made[script]
        bit = 1 << wording.texts
        wording.texts += 1
        cases[script][case] |= bit
        for word in words:
            wording.words[word] = wording.words.get(word, 0) | bit
    for script, wording in made.items():
        sizes = ((bits, bits.bit_count()) for bits in cases[script].values())
        wording.cases = [(bits, size) for bits, size in sizes if size > 1]
    return dict(made)


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


def _share(many: int, texts: int) -> float:
    return min((many + 0.5) / texts, 0.95)
