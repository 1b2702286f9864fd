"""How usual things are: what the latest reports of everybody tell, from which links are judged.

A sample stands for all, so that nothing has to be counted at every report. Words that come together
are one phrase and prove once; which do, the sample shows.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from verifiers.routes import DAY
from verifiers.traits import Traits

SAMPLE: Final = 2048
"""Reports that a sample consists of at most, the latest."""
_SELDOM: Final = 3
"""Reports of the sample below which a word belongs to no phrase."""
_SURE: Final = 1.5
"""Reports of usual contents that a case is thought to have besides its own."""
_FEWEST_DAYS: Final = 3.0
_LEAST_A_DAY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Phrases:
    """A report's words with how usual each is: those that come together, and the rare ones."""

    together: Sequence[Sequence[tuple[str, float]]]
    rare: Sequence[tuple[str, float]]


@dataclass(slots=True)
class Background:
    """What a sample of reports tells."""

    per_day: float
    reports: int
    surnames: Counter[str] = field(default_factory=Counter)
    agencies: Counter[str] = field(default_factory=Counter)
    asked_for: Counter[str] = field(default_factory=Counter)
    texts: Counter[str] = field(default_factory=Counter)
    words: dict[tuple[str, str], int] = field(default_factory=dict)
    """By script and word: a bit for each text that has it."""

    def surname_ratio(self, surname: str, having: int, told: int) -> float:
        """Return how much likelier a surname is in a case where so many of so many names have it.

        As a base-2 logarithm, as all ratios of this class.
        """
        return _ratio(having, told, (self.surnames[surname] + 1) / (self.surnames.total() + 20), 1)

    def agency_ratio(self, agency: str, having: int, told: int) -> float:
        """Return how much likelier an agency is."""
        return _ratio(having, told, (self.agencies[agency] + 1) / (self.agencies.total() + 20), 1)

    def asked_ratio(self, asked: str, having: int, told: int) -> float:
        """Return how much likelier it is that just this was asked for."""
        usual = (self.asked_for[asked] + 0.5) / (self.asked_for.total() + 15)
        return _ratio(having, told, usual, 1)

    def phrases(self, new: Traits) -> Phrases:
        """Return a report's words as phrases."""
        texts = self.texts[new.script or ""]
        found = [(self.words.get((new.script or "", one), 0), one) for one in new.words]
        phrases: list[tuple[int, int, list[tuple[str, float]]]] = []
        rare = []
        for mask, word in sorted(found, key=lambda one: (-one[0].bit_count(), one[1])):
            many = mask.bit_count()
            usual = (word, min((many + 0.5) / (texts + 10), 0.95))
            if many < _SELDOM:
                rare.append(usual)
                continue
            for other, others, words in phrases:
                both = (mask & other).bit_count()
                if both * 2 >= many + others - both:
                    words.append(usual)
                    break
            else:
                phrases.append((mask, many, [usual]))
        return Phrases([words for _, _, words in phrases], rare)


def background_of(sample: Collection[Traits]) -> Background:
    """Return what a sample of reports tells."""
    made = Background(_per_day(sorted(one.at for one in sample)), len(sample))
    for one in sample:
        if one.name is not None:
            made.surnames[one.name.surname] += 1
        if one.agency is not None:
            made.agencies[one.agency] += 1
        if one.asked_for:
            made.asked_for[one.asked] += 1
        if one.script is not None:
            bit = 1 << made.texts[one.script]
            made.texts[one.script] += 1
            for word in one.words:
                made.words[one.script, word] = made.words.get((one.script, word), 0) | bit
    return made


def told_alike(
    phrases: Phrases, told: Mapping[str, Sequence[int]], texts: int
) -> tuple[float, float, str | None]:
    """Return for and against a text being of a case with so many texts, and its tellingest word."""
    alike = other = best = 0.0
    telling = None
    for words in phrases.together:
        ratio = 0.0
        for word, usual in words:
            found = told.get(word)
            ratio += _ratio(found[0] if found else 0, texts, usual, _SURE)
        ratio /= len(words)
        if ratio > 0:
            alike += ratio
        else:
            other += ratio
        if ratio > best:
            best = ratio
            telling = next((word for word, _ in words if word in told), telling)
    rare = 0.0
    for word, usual in phrases.rare:
        if word in told:
            rare = max(rare, _ratio(told[word][0], texts, usual, _SURE))
            telling = word if rare > best else telling
    return alike + rare, other, telling


def _per_day(moments: Sequence[float]) -> float:
    # The middle nine tenths, for some tell of what happened long ago.
    if not moments:
        return _LEAST_A_DAY
    skipped = len(moments) // 20
    span = (moments[-1 - skipped] - moments[skipped]) / DAY
    return max((len(moments) - 2 * skipped) / max(span, _FEWEST_DAYS), _LEAST_A_DAY)


def _ratio(having: float, told: int, usual: float, sure: float) -> float:
    return math.log2((having / usual + sure) / (told + sure))
