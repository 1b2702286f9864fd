"""What a report says, and how likely a visitor, or a stranger, makes it say so."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Final

from rapidfuzz import fuzz, process

from benchmarks.heard import (
    Term,
    chance_of_anybody,
    chance_of_name,
    dialled,
    read_name,
    written_numbers,
)
from benchmarks.tracks import AROUND, Blur
from benchmarks.truths import CITY_OF, Truth, kilometres
from domain.reports import AskedFor
from domain.states import Language
from service.simulated_names import simplified
from service.simulated_reports import _TOLD, SimulatedReport
from service.simulated_visitors import AGENCIES, Persona, Visitor, World
from service.simulated_words import _LITTLE, _NOISE, LOOKS, STORIES

_Chance = Callable[[str], float]  # of a true value to be written as it was
_HAS_BADGE: Final = 0.65
_MISREAD: Final = 0.02  # a value is written with less than this chance if it is misread
_SEAM: Final = 0.15 * math.sqrt(2)
_AGENCIES: Final = {simplified(one): one for one in AGENCIES}
_FRESH: Final = {
    "phone": 1e-8,
    "plate": 0.24 / (24**3 * 10**4),
    "payee": 1 / (6 * 10**12),
    "url": 1 / 54_000,
}
"""The chance that a value nobody knows is just this, as it is written."""
_POPULAR: Final = sum(1 / (at + 1) for at in range(len(AGENCIES)))


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
    badge: _Chance | None
    phone: _Chance | None
    plate: _Chance | None
    payee: _Chance | None
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


def _badge_of_anybody(badge: _Chance, world: World) -> float:
    # That an impostor's badge is written so: a copied one, or a made-up one of 400,000.
    genuine = [one.people[0].badge_number or "" for one in world.staff]
    copied = world.mixture.cloned_badges
    return copied * _mean(badge, genuine) + (_HAS_BADGE - copied) * 0.24 / 4e5


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _written(text: str | None) -> _Chance | None:
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


def says(told: Told, visitor: Visitor, progress: float) -> float:
    """Return the chance that a report of this visitor, so far on, tells what this one does."""
    chance = told.by_story[visitor.story]
    if told.is_thin or not chance:
        return chance
    if told.look is not None and told.look != visitor.look:
        return 0.0
    usual = _TOLD[visitor.kind]
    urls = () if visitor.url is None else (visitor.url,)
    for fact, has, one in ("agency", visitor.agencies, told.agency), ("url", urls, told.url):
        if one is None:
            chance *= 1 - usual[fact] * bool(has)
        else:
            unknown = _FRESH["url"] if fact == "url" else _share(one)
            share = sum(1 if known == one else unknown * (not known) for known in has)
            chance *= usual[fact] * share / max(len(has), 1)
    for fact, values, value in (
        ("phone", visitor.phones, told.phone),
        ("plate", visitor.plates, told.plate),
        ("payee", visitor.payees, told.payee),
    ):
        if value is None:
            chance *= 1 - usual[fact] * bool(values)
        elif chance:
            in_use = _in_use(values, progress)
            each = (share * (value(one) if one else _FRESH[fact]) for one, share in in_use)
            chance *= usual[fact] * sum(each)
    return chance and chance * _is_one_of(told, visitor, usual)


def _in_use(values: Sequence[str], progress: float) -> Iterator[tuple[str, float]]:
    # The simulation's `of_the_time`: one after another, the next or last one at the seams.
    below = 0.0
    for at, one in enumerate(values, 1):
        until = (1 + math.erf((at - progress * len(values)) / _SEAM)) / 2 if at < len(values) else 1
        yield one, until - below
        below = until


def _is_one_of(told: Told, visitor: Visitor, usual: dict[str, float]) -> float:
    # Name and badge are one person's.
    chance = 0.0
    for one in visitor.people:
        each = 1 - usual["name"] if told.name is None else usual["name"]
        if told.name is not None:
            each *= chance_of_name(told.name, one.name) if one.name else told.name_of_anybody
        if not one.name:  # nobody has told of him
            has = usual["badge"]
            each *= 1 - has * _HAS_BADGE if told.badge is None else has * told.badge_of_anybody
        elif told.badge is None:
            each *= 1 - usual["badge"] * (one.badge_number is not None)
        elif each:
            each *= usual["badge"] * told.badge(one.badge_number) if one.badge_number else 0.0
        chance += each
    return chance / len(visitor.people)


def says_stranger(told: Told, world: World) -> float:
    """Return the chance that a report of an impostor whom nobody else reported tells so."""
    chance = sum(told.by_story) / len(told.by_story)
    if told.is_thin:
        return chance
    usual, mixture = _TOLD["single"], world.mixture
    if told.look is not None:
        chance /= len(LOOKS)
    chance *= 1 - usual["name"] if told.name is None else usual["name"]
    if told.name is not None:
        chance *= told.name_of_anybody
    has = usual["badge"]
    chance *= 1 - has * _HAS_BADGE if told.badge is None else has * told.badge_of_anybody
    for fact, used, again, value in (
        ("phone", world.used_phones, mixture.recycled, told.phone),
        ("plate", world.used_plates, mixture.recycled, told.plate),
        ("payee", world.mules, mixture.mules * 5, told.payee),
    ):
        if value is None:
            chance *= 1 - usual[fact]
        else:
            chance *= usual[fact] * (again * _mean(value, used) + (1 - again) * _FRESH[fact])
    if told.agency is None:
        chance *= 1 - usual["agency"]
    else:
        chance *= usual["agency"] * _share(told.agency)
    has = 0.3 * usual["url"]
    return chance * (1 - has if told.url is None else has * _FRESH["url"])


def _share(agency: str) -> float:
    return 1 / (AGENCIES.index(agency) + 1) / _POPULAR


def _mean(chance: _Chance, values: Sequence[str]) -> float:
    return sum(map(chance, values)) / max(len(values), 1)


def as_told(visitor: Visitor, others: Sequence[Told]) -> Visitor:
    """Return of a visitor what at least one of these reports of him told; the rest is empty."""

    def known(value: str, fact: Callable[[Told], _Chance | None]) -> bool:
        return any(told(value) > _MISREAD for told in map(fact, others) if told)

    def named(name: str) -> bool:
        return any(chance_of_name(one.name, name) for one in others if one.name)

    badge, phone, plate, payee = map(attrgetter, ("badge", "phone", "plate", "payee"))
    return replace(
        visitor,
        people=tuple(
            one
            if named(one.name) or (one.badge_number and known(one.badge_number, badge))
            else Persona("", None)
            for one in visitor.people
        ),
        phones=tuple(one if known(one, phone) else "" for one in visitor.phones),
        plates=tuple(one if known(one, plate) else "" for one in visitor.plates),
        payees=tuple(one if known(one, payee) else "" for one in visitor.payees),
        agencies=tuple(
            one if any(told.agency == one for told in others) else "" for one in visitor.agencies
        ),
        url=visitor.url and (visitor.url if any(told.url for told in others) else ""),
    )
