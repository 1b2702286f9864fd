"""What words, agencies and wishes say about a link."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Final

from domain.links import Ground
from verifiers.backgrounds import Background
from verifiers.neighbourhoods import Reason
from verifiers.phrases import Phrases, told_alike
from verifiers.profiles import Profile, times
from verifiers.reasons import reason
from verifiers.traits import Traits

MOSTLY_ALONE: Final = -2.0
"""How much likelier such reports are to be of a case, from which people are told of it."""
_MUCH: Final = 8.0
"""How much likelier words are in a case, as a base-2 logarithm, to be nearly the same text."""


def about_agencies(new: Traits, profile: Profile, background: Background) -> Iterator[Reason]:
    """Yield what the agency that a visitor named says about his being of a cluster."""
    if new.agency is None or not profile.agencies:
        return
    found = profile.agencies.get(new.agency)
    ratio = background.agency_ratio(
        new.agency, found.times if found else 0, times(profile.agencies.values())
    )
    if found is not None and ratio > 0:
        yield reason(Ground.SAME_AGENCY, profile, found.report, ratio=ratio)
    elif ratio < 0:
        latest = max(one.report for one in profile.agencies.values())
        yield reason(Ground.OTHER_AGENCY, profile, latest, ratio=ratio)


def about_stories(new: Traits, profile: Profile, phrases: Phrases) -> Iterator[Reason]:
    """Yield what the words say that a case was told of in, too, or was not."""
    words = profile.words.get(new.script or "")
    if new.script is None or words is None:
        return
    alike, other, telling = told_alike(phrases, words, profile.texts[new.script])
    if telling is not None:
        ground = Ground.SAME_STORY if alike >= _MUCH else Ground.SIMILAR_STORY
        yield reason(ground, profile, words[telling][1], ratio=alike)
    if other < 0:
        latest = max(map(itemgetter(1), words.values()))
        yield reason(Ground.OTHER_STORY, profile, latest, ratio=other)


def about_companions(new: Traits, profile: Profile, background: Background) -> Iterator[Reason]:
    """Yield what words say that are told beside those of the case, or of others than theirs."""
    if new.script is None:
        return
    alike, other = background.companions.told_beside(new.script, new.words, profile.words)
    latest = len(profile.reports) - 1
    if alike > 0:
        yield reason(Ground.OTHER_LANGUAGE, profile, latest, ratio=alike)
    if other < 0:
        yield reason(Ground.TOLD_OF_OTHERS, profile, latest, ratio=other)


def about_wishes(new: Traits, profile: Profile, background: Background) -> Iterator[Reason]:
    """Yield what it says that just the same was asked for."""
    asked = profile.asked_for.get(new.asked)
    if asked is not None:
        ratio = background.asked_ratio(new.asked, asked.times, times(profile.asked_for.values()))
        if ratio > 0:
            yield reason(Ground.ASKED_ALIKE, profile, asked.report, ratio=ratio)


def about_others(profile: Profile, tied: float) -> Iterator[Reason]:
    """Yield that reports like this one are mostly of nobody known, if they are."""
    if tied <= MOSTLY_ALONE:
        yield reason(Ground.OFTEN_ALONE, profile, len(profile.reports) - 1, ratio=tied)
