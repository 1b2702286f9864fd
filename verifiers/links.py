"""Whether a report belongs to a case, link by link, each link with its grounds.

A new report meets the clusters around it: those that an index found under its keys, bounded in
number. What a fact proves is how much likelier it is in that cluster than among everybody.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from domain.links import Ground
from verifiers import value_grounds
from verifiers.backgrounds import Background
from verifiers.link_weights import (
    GROWN,
    JOIN_AT_LAST,
    PER_DOUBLING,
    PRIOR,
    RATE,
    WEIGHTS,
    WHEN,
)
from verifiers.neighbourhoods import Link, Neighbourhood, Reason
from verifiers.phrases import Phrases, told_alike
from verifiers.profiles import Profile, times
from verifiers.reasons import measured, reason
from verifiers.risk import Place, distance
from verifiers.routes import DAY, Rhythm, likelihood, rhythm
from verifiers.traits import Traits

_NEXT_DOOR_METRES: Final = 1_000
_SAME_DAY: Final = DAY / 2
_LONG: Final = 1.0
"""A silence, in tails of a case's rhythm, from which people are told of it."""
_MUCH: Final = 8.0
"""How much likelier words are in a case, as a base-2 logarithm, to be nearly the same text."""


def find_links(new: Traits, around: Neighbourhood, background: Background) -> list[Link]:
    """Return a report's ties to every cluster around it, the strongest first."""
    phrases = background.phrases(new)
    links = [
        _weigh(new, cluster, profile, around, background, phrases)
        for cluster, profile in around.clusters.items()
    ]
    links.sort(key=lambda link: (-link.bits, link.cluster))
    return [
        _measured(link, new, around.clusters[link.cluster]) if link.bits >= JOIN_AT_LAST else link
        for link in links
    ]


def _measured(link: Link, new: Traits, profile: Profile) -> Link:
    return replace(link, reasons=tuple(measured(one, new, profile) for one in link.reasons))


def _weigh(  # noqa: PLR0913, PLR0917 - what is compared, and with what
    new: Traits,
    cluster: str,
    profile: Profile,
    around: Neighbourhood,
    background: Background,
    phrases: Phrases,
) -> Link:
    beat = rhythm(profile.moments, profile.size, new.at)
    reasons = [
        *value_grounds.about_values(new, cluster, profile, around.carriers),
        *value_grounds.about_names(new, cluster, profile, around.carriers, background),
        *_about_agencies(new, profile, background),
        *_about_places(new, profile, around.usual),
        *_about_stories(new, profile, background, phrases),
        *_about_silence(new, profile, beat),
    ]
    prior = PRIOR[min(profile.size, GROWN)]
    expected = prior.bits + PER_DOUBLING.by_ratio * math.log2(profile.size)
    expected += RATE.by_ratio * math.log2(beat.per_day / background.per_day)
    expected += WHEN[beat.when].bits
    if beat.silence < _LONG:
        expected -= WEIGHTS[Ground.LONG_AGO].by_ratio * beat.silence
    bits = round(expected + sum(one.bits for one in reasons), 2)
    return Link(cluster, profile.size, bits, tuple(reasons))


def _about_agencies(new: Traits, profile: Profile, background: Background) -> Iterator[Reason]:
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


def _about_places(new: Traits, profile: Profile, usual: float | None) -> Iterator[Reason]:
    if new.place is None or usual is None or not profile.doors:
        return
    place, at = new.place, new.at
    ratio = math.log2(likelihood(profile.doors, at, place, usual))
    # The nearest door says most; one of the same days rather than one that was met long before.
    nearest = min(profile.doors, key=lambda door: abs(door.at - at))
    if ratio < 0:
        yield reason(Ground.FAR, profile, nearest.report, ratio=ratio)
        return
    metres = distance(place, Place(nearest.latitude, nearest.longitude))
    next_door = metres <= _NEXT_DOOR_METRES and abs(nearest.at - at) <= _SAME_DAY
    ground = Ground.NEXT_DOOR if next_door else Ground.NEAR
    yield reason(ground, profile, nearest.report, ratio=ratio)


def _about_stories(
    new: Traits, profile: Profile, background: Background, phrases: Phrases
) -> Iterator[Reason]:
    script = new.script
    if script is not None and script in profile.words:
        words = profile.words[script]
        alike, other, telling = told_alike(phrases, words, profile.texts[script])
        latest = max(report for _, report in words.values())
        if telling is not None:
            ground = Ground.SAME_STORY if alike >= _MUCH else Ground.SIMILAR_STORY
            yield reason(ground, profile, words[telling][1], ratio=alike)
        if other < 0:
            yield reason(Ground.OTHER_STORY, profile, latest, ratio=other)
    asked = profile.asked_for.get(new.asked)
    if asked is not None:
        ratio = background.asked_ratio(new.asked, asked.times, times(profile.asked_for.values()))
        if ratio > 0:
            yield reason(Ground.ASKED_ALIKE, profile, asked.report, ratio=ratio)


def _about_silence(new: Traits, profile: Profile, beat: Rhythm) -> Iterator[Reason]:
    if beat.silence >= _LONG:
        moments = profile.moments
        nearest = min(range(len(moments)), key=lambda at: abs(moments[at] - new.at))
        yield reason(Ground.LONG_AGO, profile, nearest, ratio=-beat.silence)
