"""How usual things are: what the latest reports of everybody tell, from which links are judged.

A sample stands for all, so that nothing has to be counted at every report.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from verifiers.phrases import Phrases, Wording, wordings_of
from verifiers.routes import DAY
from verifiers.traits import Traits

SAMPLE: Final = 2048
"""Reports that a sample consists of at most, the latest."""
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_FEWEST_DAYS: Final = 3.0
_LEAST_A_DAY: Final = 0.5


@dataclass(slots=True)
class Background:
    """What a sample of reports tells."""

    per_day: float
    reports: int
    surnames: Counter[str] = field(default_factory=Counter)
    agencies: Counter[str] = field(default_factory=Counter)
    asked_for: Counter[str] = field(default_factory=Counter)
    wordings: Mapping[str, Wording] = field(default_factory=dict)
    """By script."""

    def surname_ratio(self, surname: str, having: int, told: int) -> float:
        """Return how much likelier a surname is in a case where so many of so many names have it.

        As a base-2 logarithm, as all ratios of this class.
        """
        return _ratio(having, told, (self.surnames[surname] + 1) / (self.surnames.total() + 20))

    def agency_ratio(self, agency: str, having: int, told: int) -> float:
        """Return how much likelier an agency is."""
        return _ratio(having, told, (self.agencies[agency] + 1) / (self.agencies.total() + 20))

    def asked_ratio(self, asked: str, having: int, told: int) -> float:
        """Return how much likelier it is that just this was asked for."""
        usual = (self.asked_for[asked] + 0.5) / (self.asked_for.total() + 15)
        return _ratio(having, told, usual)

    def phrases(self, new: Traits) -> Phrases:
        """Return a report's words as phrases."""
        wording = self.wordings.get(new.script or "")
        return Phrases((), ()) if wording is None else wording.phrases(new.words)


def background_of(sample: Collection[Traits], case_of: Mapping[str, str] = _NONE) -> Background:
    """Return what a sample of reports tells; `case_of` is for those that are in a case."""
    made = Background(_per_day(sorted(one.at for one in sample)), len(sample))
    made.wordings = wordings_of(
        (one.script, one.words, case_of.get(one.report_id, one.report_id))
        for one in sample
        if one.script is not None
    )
    for one in sample:
        if one.name is not None:
            made.surnames[one.name.surname] += 1
        if one.agency is not None:
            made.agencies[one.agency] += 1
        if one.asked_for:
            made.asked_for[one.asked] += 1
    return made


def _per_day(moments: Sequence[float]) -> float:
    # The middle nine tenths, for some tell of what happened long ago.
    if not moments:
        return _LEAST_A_DAY
    skipped = len(moments) // 20
    span = (moments[-1 - skipped] - moments[skipped]) / DAY
    return max((len(moments) - 2 * skipped) / max(span, _FEWEST_DAYS), _LEAST_A_DAY)


def _ratio(having: int, told: int, usual: float) -> float:
    # One more report of usual contents than a case has.
    return math.log2((having / usual + 1) / (told + 1))
