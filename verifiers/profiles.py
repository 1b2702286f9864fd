"""A cluster as a new report is compared with it: what its reports told, and how often.

One report is a cluster, too. A case's profile is kept beside it, so that nobody reads its reports.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

from domain.links import KeyKind
from verifiers.routes import Door
from verifiers.spoken_names import SpokenName
from verifiers.traits import Traits

_Fact = TypeVar("_Fact")

REMEMBERED: Final = 100
"""Reports of a case that its profile is made of, the latest."""


class Told(NamedTuple):
    """How many reports told something, and the place in `reports` of the latest that did."""

    times: int
    report: int


@dataclass(slots=True)
class Profile:
    """What some reports told; `size` is that of the whole case, `moments` are in order."""

    size: int
    reports: list[str] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    doors: list[Door] = field(default_factory=list)
    values: dict[KeyKind, dict[str, Told]] = field(default_factory=dict)
    names: dict[SpokenName, Told] = field(default_factory=dict)
    agencies: dict[str, Told] = field(default_factory=dict)
    asked_for: dict[str, Told] = field(default_factory=dict)
    words: dict[str, Mapping[str, Sequence[int]]] = field(default_factory=dict)
    """By script; each as `Told` has it, and as it was read, for few of them are looked at."""
    texts: dict[str, int] = field(default_factory=dict)
    """Reports that are told in a script."""


def profile_of(members: Sequence[Traits], size: int | None = None) -> Profile:
    """Return the profile of some reports of a case of this size, or of all of it."""
    made = Profile(len(members) if size is None else size)
    words: dict[str, dict[str, Told]] = {}
    for at, one in enumerate(sorted(members, key=lambda one: (one.at, one.report_id))):
        made.reports.append(one.report_id)
        made.moments.append(one.at)
        if one.place is not None:
            made.doors.append(Door(one.at, one.place.latitude, one.place.longitude, at))
        for kind, value in one.values.items():
            _count(made.values.setdefault(kind, {}), [value], at)
        _count(made.names, () if one.name is None else [one.name], at)
        _count(made.agencies, () if one.agency is None else [one.agency], at)
        _count(made.asked_for, () if not one.asked_for else [one.asked], at)
        if one.script is not None:
            _count(words.setdefault(one.script, {}), one.words, at)
            made.texts[one.script] = made.texts.get(one.script, 0) + 1
    made.words.update(words)
    return made


def times(told: Iterable[Told]) -> int:
    """Return how many reports told something of this sort."""
    return sum(one.times for one in told)


def _count(told: dict[_Fact, Told], facts: Iterable[_Fact], report: int) -> None:
    for fact in facts:
        before = told.get(fact)
        told[fact] = Told(1 if before is None else before.times + 1, report)
