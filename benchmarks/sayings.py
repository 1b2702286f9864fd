"""How likely a visitor, or a stranger, makes a report say what it says."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Final

from benchmarks.heard import chance_of_name
from benchmarks.told import HAS_BADGE, Chance, Told
from service.simulated_reports import _TOLD
from service.simulated_visitors import AGENCIES, Persona, Visitor, World
from service.simulated_words import LOOKS

_MISREAD: Final = 0.02  # a value is written with less than this chance if it is misread
_SEAM: Final = 0.15 * math.sqrt(2)
_FRESH: Final = {
    "phone": 1e-8,
    "plate": 0.24 / (24**3 * 10**4),
    "payee": 1 / (6 * 10**12),
    "url": 1 / 54_000,
}
"""The chance that a value nobody knows is just this, as it is written."""
_POPULAR: Final = sum(1 / (at + 1) for at in range(len(AGENCIES)))


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
            each *= 1 - has * HAS_BADGE if told.badge is None else has * told.badge_of_anybody
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
    chance *= 1 - has * HAS_BADGE if told.badge is None else has * told.badge_of_anybody
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


def _mean(chance: Chance, values: Sequence[str]) -> float:
    return sum(map(chance, values)) / max(len(values), 1)


def as_told(visitor: Visitor, others: Sequence[Told]) -> Visitor:
    """Return of a visitor what at least one of these reports of him told; the rest is empty."""

    def known(value: str, fact: Callable[[Told], Chance | None]) -> bool:
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
