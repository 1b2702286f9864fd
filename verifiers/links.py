"""Whether a report belongs to a case, link by link, each link with its grounds.

A new report meets the clusters around it: those that an index found under its keys, bounded in
number. What a fact proves is how much likelier it is in that cluster than among everybody.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from domain.links import Ground, KeyKind
from verifiers import value_grounds, word_grounds
from verifiers.backgrounds import Background
from verifiers.clashes import clash
from verifiers.link_weights import (
    GROWN,
    JOIN,
    MOST_LOOKED_AT,
    PER_DOUBLING,
    PRIOR,
    RATE,
    SEVERAL_TIMES,
    WEIGHTS,
    WHEN,
    WORDLESS,
)
from verifiers.neighbourhoods import Link, Neighbourhood, Reason
from verifiers.phrases import Phrases
from verifiers.profiles import Profile
from verifiers.reasons import measured, reason
from verifiers.risk import Place, distance
from verifiers.routes import DAY, Rhythm, rhythm
from verifiers.same_visits import told_again
from verifiers.territories import likelihood
from verifiers.traits import Key, Traits

_NEXT_DOOR_METRES: Final = 1_000
_SAME_DAY: Final = DAY / 2
_TELLING: Final = 0.5
"""How much likelier a report is for being of a known visit, from which people are told of it."""
_LONG: Final = 1.0
"""A silence, in tails of a case's rhythm, from which people are told of it."""


def find_links(new: Traits, around: Neighbourhood, background: Background) -> list[Link]:
    """Return a report's ties to every cluster around it, the strongest first."""
    phrases = background.phrases(new)
    tied = background.how_tied(new, phrases)
    links = [
        _weigh(new, cluster, profile, around, background, phrases, tied)
        for cluster, profile in around.clusters.items()
    ]
    links.sort(key=lambda link: (-link.bits, link.cluster))
    asked_about = [one for one in links[: MOST_LOOKED_AT + 1] if one.bits >= JOIN]
    links[: len(asked_about)] = [
        _looked_into(one, new, around.clusters[one.cluster], around.clusters[links[0].cluster])
        for one in asked_about
    ]
    return links


def _looked_into(link: Link, new: Traits, profile: Profile, best: Profile) -> Link:
    least = SEVERAL_TIMES if link.size >= GROWN else 1
    return replace(
        link,
        reasons=tuple(measured(one, new, profile) for one in link.reasons),
        shared=frozenset(
            one.key
            for one in link.reasons
            if one.key is not None and one.bits > 0 and _times(one.key, new, profile) >= least
        ),
        clash=0.0 if profile is best else clash(best, profile),
    )


def _times(key: Key, new: Traits, profile: Profile) -> int:
    kind, value = key
    if kind is KeyKind.NAME:
        return profile.names[new.name].times if new.name in profile.names else 0
    return profile.values[kind][value].times


def _weigh(  # noqa: PLR0913, PLR0917 - what is compared, and with what
    new: Traits,
    cluster: str,
    profile: Profile,
    around: Neighbourhood,
    background: Background,
    phrases: Phrases,
    tied: float,
) -> Link:
    beat = rhythm(profile.moments, profile.size, new.at)
    if profile.territory is not None:  # who keeps to an area may be there all year
        beat = beat._replace(silence=beat.silence * (1 - profile.territory.sure))
    there = 1.0
    if new.place is not None and around.usual is not None and profile.doors:
        there = likelihood(profile.doors, profile.territory, new.at, new.place, around.usual)
    reasons = [
        *value_grounds.about_values(new, cluster, profile, around.carriers),
        *value_grounds.about_names(new, cluster, profile, around.carriers, background),
        *word_grounds.about_agencies(new, profile, background),
        *_about_places(new, profile, there),
        *_about_visits(new, profile, beat.per_day, there, around.usual),
        *word_grounds.about_stories(new, profile, phrases),
        *word_grounds.about_companions(new, profile, background),
        *word_grounds.about_wishes(new, profile, background),
        *_about_silence(new, profile, beat),
        *word_grounds.about_others(profile, tied),
    ]
    prior = PRIOR[min(profile.size, GROWN)]
    expected = prior.bits + PER_DOUBLING.by_ratio * math.log2(profile.size)
    expected += RATE.by_ratio * math.log2(beat.per_day / background.per_day)
    expected += WHEN[beat.when].bits
    if new.script is None:
        expected += WORDLESS.bits
    if tied > word_grounds.MOSTLY_ALONE:
        expected += WEIGHTS[Ground.OFTEN_ALONE].by_ratio * tied
    if beat.silence < _LONG:
        expected -= WEIGHTS[Ground.LONG_AGO].by_ratio * beat.silence
    bits = round(expected + sum(one.bits for one in reasons), 2)
    return Link(cluster, profile.size, bits, tuple(reasons))


def _about_places(new: Traits, profile: Profile, there: float) -> Iterator[Reason]:
    if new.place is None or not profile.doors:
        return
    place, at, ratio = new.place, new.at, math.log2(there)
    # The nearest door says most; one of the same days rather than one that was met long before.
    nearest = min(profile.doors, key=lambda door: abs(door.at - at))
    if ratio < 0:
        yield reason(Ground.FAR, profile, nearest.report, ratio=ratio)
        return
    metres = distance(place, Place(nearest.latitude, nearest.longitude))
    next_door = metres <= _NEXT_DOOR_METRES and abs(nearest.at - at) <= _SAME_DAY
    ground = Ground.NEXT_DOOR if next_door else Ground.NEAR
    yield reason(ground, profile, nearest.report, ratio=ratio)


def _about_visits(
    new: Traits, profile: Profile, per_day: float, there: float, usual: float | None
) -> Iterator[Reason]:
    ratio, report = told_again(new, profile, per_day, there, usual)
    if report is not None and ratio >= _TELLING:
        yield reason(Ground.SAME_VISIT, profile, report, ratio=ratio)


def _about_silence(new: Traits, profile: Profile, beat: Rhythm) -> Iterator[Reason]:
    if beat.silence >= _LONG:
        moments = profile.moments
        nearest = min(range(len(moments)), key=lambda at: abs(moments[at] - new.at))
        yield reason(Ground.LONG_AGO, profile, nearest, ratio=-beat.silence)
