"""What a simulated report says, each of it as what it can have been."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from benchmarks.heard import (
    Term,
    chance_of_anybody,
    dialled,
    read_name,
    written_numbers,
)
from benchmarks.tracks import AROUND, Blur
from benchmarks.truths import CITY_OF, Truth, kilometres
from domain.reports import AskedFor
from domain.states import Language
from service.simulated_names import simplified
from service.simulated_reports import SimulatedReport
from service.simulated_visitors import AGENCIES, World
from service.simulated_words import _LITTLE, _NOISE, LOOKS, STORIES

Chance = Callable[[str], float]
"""Of a true value: the chance that it is written as it was."""
HAS_BADGE: Final = 0.65
"""The share of impostors who show a badge."""
_AGENCIES: Final = {simplified(one): one for one in AGENCIES}


@dataclass(slots=True)
class Told:
    """What a report says; values as the chance of each true one to be written so."""

    is_noise: bool
    is_thin: bool
    hour: float
    city: int
    place: Blur | None
    by_story: list[float]
    look: int | None
    name: list[Term] | None
    badge: Chance | None
    phone: Chance | None
    plate: Chance | None
    payee: Chance | None
    agency: str | None
    url: str | None
    name_of_anybody: float
    badge_of_anybody: float


def read(one: SimulatedReport, truth: Truth) -> Told:
    """Take a report apart."""
    draft, claimed = one.draft, one.draft.claimed
    language = draft.language or Language.TRADITIONAL
    thin = any(draft.description in said for said in _LITTLE)
    noise, story, look = (False, None, None) if thin else _words(draft.description, language)
    city, place = -1, None
    if draft.place and draft.place.latitude and draft.place.longitude:
        city = CITY_OF[draft.place.text]
        place = Blur(*kilometres(city, draft.place.latitude, draft.place.longitude), AROUND)
    phones = dialled(claimed.phone) if claimed.phone else None
    payee = _digits(draft.payee) if draft.payee else None
    name = read_name(claimed.name, language) if claimed.name else None
    badge = _written(claimed.badge_number)
    return Told(
        is_noise=noise,
        is_thin=thin,
        hour=truth.hour_of(draft.occurred_at),
        city=city,
        place=place,
        by_story=_stories(story, set(draft.asked_for)),
        look=look,
        name=name,
        badge=badge,
        phone=None if phones is None else lambda value: phones.get(value, 0.0),
        plate=_written(claimed.plate),
        payee=None if payee is None else lambda value: float(_digits(value) == payee),
        agency=_AGENCIES.get(claimed.agency or "", claimed.agency),
        url=draft.url,
        name_of_anybody=chance_of_anybody(name) if name else 0.0,
        badge_of_anybody=_badge_of_anybody(badge, truth.world) if badge else 0.0,
    )


def _badge_of_anybody(badge: Chance, world: World) -> float:
    # That an impostor's badge is written so: a copied one, or a made-up one of 400,000.
    genuine = [one.people[0].badge_number or "" for one in world.staff]
    copied = world.mixture.cloned_badges
    again = sum(map(badge, genuine)) / len(genuine)
    return copied * again + (HAS_BADGE - copied) * 0.24 / 4e5


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _written(text: str | None) -> Chance | None:
    return None if text is None else lambda value: written_numbers(value).get(text, 0.0)


def _words(text: str, language: Language) -> tuple[bool, int | None, int | None]:
    # Whether it is noise, else which story and which look; one slip of the finger hides neither.
    simple, english = (language is one for one in (Language.SIMPLIFIED, Language.ENGLISH))

    def best(said: Iterable[tuple[str, str]]) -> tuple[float, int]:
        texts = [simplified(one) if simple else other if english else one for one, other in said]
        _, score, at = process.extractOne(text, texts, scorer=fuzz.partial_ratio)
        return score, at

    _, said = best([*((one, other) for one, other, _ in STORIES), *_NOISE])
    score, look = best(LOOKS)
    return said >= len(STORIES), said, look if score > 80 else None  # noqa: PLR2004 - a slip costs less


def _stories(story: int | None, asked: set[AskedFor]) -> list[float]:
    # The chance of what was told and asked for, by the visitor's usual story.
    each = [
        math.prod(0.8 if one in asked else 0.2 for one in usual) * (asked <= set(usual))
        if story in {None, at}
        else 0.0
        for at, (*_, usual) in enumerate(STORIES)
    ]
    return [0.75 * one + 0.25 * sum(each) / len(each) for one in each]
