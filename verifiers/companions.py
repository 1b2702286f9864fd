"""Which words go with which in cases: what is told of one visitor, in whatever language.

A visitor has one look: a case that is told of with one is hardly of somebody with another. And
where a case was told of in another language, this is how its words are understood: by what other
cases told in both. Nothing is translated; what goes together is counted in a sample.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import reduce
from itertools import product
from operator import or_
from typing import Final, NamedTuple

from verifiers.wordings import SELDOM, TOGETHER, Text

_LARGE: Final = 8
"""Texts from which a case does not count for more than a smaller one."""
_OFTEN: Final = 0.01
"""The part of the texts that must have a word for it to be thought of at all."""
_DOUBT: Final = 1.0
"""Pairs of texts that are thought of besides those that were seen and those to be expected."""
_OF_ONE: Final = 1.5
"""How much likelier, as a base-2 logarithm, what is the visitor's is told again in its case."""


Told = tuple[int, Counter[str]]
"""The bits of the texts that have a word, and in how many texts of each case it is."""


class Saying(NamedTuple):
    """Words of one script that come together: in which texts, and in how many by case."""

    script: str
    bits: int
    by_case: Mapping[str, int]


@dataclass(slots=True)
class Companions:
    """What of a sample's texts tells visitors apart, and how often two of it meet in a case."""

    sayings: list[Saying] = field(default_factory=list)
    saying_of: dict[str, dict[str, int]] = field(default_factory=dict)
    """By script: the place in `sayings` of each word that tells visitors apart."""
    cases: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Those with several texts: by script, the bits of theirs."""
    _lifts: dict[tuple[int, int], float] = field(default_factory=dict)
    _shares: list[float] = field(default_factory=list)
    _pairs: dict[tuple[str, str], float] = field(default_factory=dict)

    def told_beside(
        self, script: str, words: AbstractSet[str], known: Mapping[str, Mapping[str, object]]
    ) -> tuple[float, float]:
        """Return for and against a text being of a case that was told of in other words.

        Both are sums of base-2 logarithms; `known` are the case's words by script. What the case
        was told of in the same words is not counted here.
        """
        case = {one: self._sayings(one, told.keys()) for one, told in known.items()}
        alike = other = 0.0
        for mine in self._sayings(script, words) - case.get(script, set()):
            for in_script, theirs in case.items():
                if theirs:
                    lifts = [self.lift(mine, one) for one in theirs]
                    other += min(*lifts, 0.0)
                    alike += max(*lifts, 0.0) if in_script != script else 0.0
        return alike, other

    def _sayings(self, script: str, words: AbstractSet[str]) -> set[int]:
        known = self.saying_of.get(script, {})
        return {known[one] for one in known.keys() & words}

    def lift(self, one: int, other: int) -> float:
        """Return how much likelier two sayings are in two texts of a case than in any two."""
        key = (one, other) if one < other else (other, one)
        if key not in self._lifts:
            self._lifts[key] = self._lift(*key)
        return self._lifts[key]

    def _lift(self, one: int, other: int) -> float:
        first, second = self.sayings[one], self.sayings[other]
        both = first.bits & second.bits if first.script == second.script else 0
        seen = 0.0
        for case in first.by_case.keys() & second.by_case.keys():
            pairs = first.by_case[case] * second.by_case[case]
            pairs -= (both & self.cases[case].get(first.script, 0)).bit_count()
            seen += pairs * _weight(self.cases[case])
        pairs_of_all = self._pairs[first.script, second.script]
        expected = pairs_of_all * self._shares[one] * self._shares[other]
        return math.log2((seen + _DOUBT) / (expected + _DOUBT))

    def learn(self, told: Mapping[str, Mapping[str, Told]]) -> None:
        """Find the sayings among the words of each script."""
        for one, other in product(told, repeat=2):
            self._pairs[one, other] = sum(
                _weight(case)
                * case.get(one, 0).bit_count()
                * (case.get(other, 0).bit_count() - (one == other))
                for case in self.cases.values()
            )
        for script, words in told.items():
            places = self.saying_of[script] = {}
            of_cases = reduce(or_, (case.get(script, 0) for case in self.cases.values()), 0)
            for word, together in _groups(words):
                place, (bits, by_case) = len(self.sayings), words[word]
                known = {case: many for case, many in by_case.items() if case in self.cases}
                self.sayings.append(Saying(script, bits, known))
                self._shares.append((bits & of_cases).bit_count() / max(of_cases.bit_count(), 1))
                if self.lift(place, place) >= _OF_ONE:
                    places.update(dict.fromkeys(together, place))


def companions_of(texts: Iterable[Text]) -> Companions:
    """Return what goes together in the cases of a sample of texts."""
    told: defaultdict[str, dict[str, Told]] = defaultdict(dict)
    cases: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for at, one in enumerate(texts):
        for word in one.words:
            bits, by_case = told[one.script].get(word, (0, Counter()))
            told[one.script][word] = bits | 1 << at, by_case
            if one.case is not None:
                by_case[one.case] += 1
        if one.case is not None:
            cases[one.case][one.script] |= 1 << at
    made = Companions(cases={one: case for one, case in cases.items() if _size(case) > 1})
    made.learn(told)
    return made


def _groups(words: Mapping[str, Told]) -> Iterator[tuple[str, Sequence[str]]]:
    # Words that come together, by the commonest of them. What few tell is not compared: people's
    # vocabulary is large, and two that are told seldom have not been met in enough cases.
    groups: list[tuple[int, list[str]]] = []
    texts = reduce(or_, (bits for bits, _ in words.values()), 0).bit_count()
    least = max(SELDOM, _OFTEN * texts)
    common = [(bits, word) for word, (bits, _) in words.items() if bits.bit_count() >= least]
    for bits, word in sorted(common, key=lambda one: (-one[0].bit_count(), one[1])):
        many = bits.bit_count()
        for other, together in groups:
            if many >= TOGETHER * other.bit_count() and (
                (bits & other).bit_count() >= TOGETHER * (bits | other).bit_count()
            ):
                together.append(word)
                break
        else:
            groups.append((bits, [word]))
    return ((together[0], together) for _, together in groups)


def _size(case: Mapping[str, int]) -> int:
    return sum(bits.bit_count() for bits in case.values())


def _weight(case: Mapping[str, int]) -> float:
    return min(1.0, _LARGE / _size(case))
