"""How likely what was written is, given what was true: the simulation's own chances, inverted.

The tables are the simulation's; the chances are literals within its functions and stand here again.
`tests/unit/service/test_ceiling.py` holds them to what those functions do.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import product
from string import ascii_letters
from typing import Final, NamedTuple

import pypinyin

from domain.states import Language
from service.simulated_names import (
    _FADE,
    _FIRST,
    _LATIN,
    _SECOND,
    _SOUNDS_LIKE,
    _SURNAMES,
    _in_older,
    simplified,
)
from service.simulated_reports import _LOOK_ALIKE

_Chances = dict[str, float]


class Term(NamedTuple):
    """A way to read a written name: its chance by surname, and by given name if it has one."""

    chance: float
    surnames: _Chances
    given: _Chances | None


def _falling(characters: str) -> _Chances:
    weights = {one: _FADE**at for at, one in enumerate(characters)}
    return {one: weight / sum(weights.values()) for one, weight in weights.items()}


SURNAMES: Final = {one: share / sum(_SURNAMES.values()) for one, share in _SURNAMES.items()}
GIVEN: Final = {
    one + other: chance * rarer
    for one, chance in _falling(_FIRST).items()
    for other, rarer in _falling(_SECOND).items()
}


def _nothing() -> defaultdict[str, float]:
    return defaultdict(float)


def _written_as(simple: bool) -> dict[str, _Chances]:  # noqa: FBT001 - a table for each script
    table: dict[str, defaultdict[str, float]] = defaultdict(_nothing)
    for true in {*_SURNAMES, *_FIRST, *_SECOND}:
        alike = _SOUNDS_LIKE.get(true, true)
        for one, chance in ((true, 0.85), *((one, 0.15 / len(alike)) for one in alike)):
            table[simplified(one) if simple else one][true] += chance
    return {one: dict(trues) for one, trues in table.items()}


def _latin_tables() -> tuple[dict[str, _Chances], dict[str, _Chances]]:
    families: dict[str, defaultdict[str, float]] = defaultdict(_nothing)
    for one in _SURNAMES:
        spellings = _LATIN.get(one, (pypinyin.lazy_pinyin(one)[0].capitalize(),))
        for spelling in spellings:
            families[spelling][one] += 1 / len(spellings)
    firsts: dict[str, defaultdict[str, float]] = defaultdict(_nothing)
    for given in GIVEN:
        syllables = [pypinyin.lazy_pinyin(one)[0] for one in given]
        for system in (syllables, [_in_older(one) for one in syllables]):
            for joint in ("-", " ", ""):
                firsts[joint.join(system).capitalize()][given] += 1 / 6
    return {k: dict(v) for k, v in families.items()}, {k: dict(v) for k, v in firsts.items()}


_WRITTEN: Final = {simple: _written_as(simple) for simple in (False, True)}
_FAMILIES, _FIRSTS = _latin_tables()


def read_name(text: str, language: Language) -> list[Term]:
    """Return all that a written name can have been, with the chance that it is written so."""
    if text.isascii():
        return list(_latin(text))
    table = _WRITTEN[language is Language.SIMPLIFIED]
    if len(text) > 3 or text[1:] in {"先生", "小姐", "專員", "专员"}:  # noqa: PLR2004 - a surname and two
        return [Term(0.08, table.get(text[0], {}), None)]
    first, second = (table.get(one, {}) for one in text[1:])
    given = {
        one + other: chance * rarer
        for (one, chance), (other, rarer) in product(first.items(), second.items())
    }
    return [Term(0.92, table.get(text[0], {}), given)]


def _latin(text: str) -> Iterator[Term]:
    for meant, chance in _meant(text):
        if meant in _FAMILIES:
            yield Term(chance / 4, _FAMILIES[meant], None)
        if meant.startswith("Mr ") and meant[3:] in _FAMILIES:
            yield Term(chance / 4, _FAMILIES[meant[3:]], None)
        for at, character in enumerate(meant):
            if character == " ":
                for family, first in (meant[:at], meant[at + 1 :]), (meant[at + 1 :], meant[:at]):
                    if family in _FAMILIES and first in _FIRSTS:
                        yield Term(chance / 4, _FAMILIES[family], _FIRSTS[first])


def _meant(text: str) -> Iterator[tuple[str, float]]:
    # One slip of the finger undone in every way: a character missing, twice, or two swapped.
    length = len(text)
    yield text, 0.88 if length > 3 else 1.0  # noqa: PLR2004 - too short to slip in
    slip = 0.12 / 3
    for at in range(1, length) if length > 2 else ():  # noqa: PLR2004 - four and one missing
        for one in ascii_letters + " -":
            yield text[:at] + one + text[at:], slip / (length - 1)
    for at in range(1, length - 2) if length > 4 else ():  # noqa: PLR2004 - four and one twice
        if text[at] == text[at + 1]:
            yield text[:at] + text[at + 1 :], slip / (length - 3)
    for at in range(1, length - 1) if length > 3 else ():  # noqa: PLR2004 - as above
        swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        yield swapped, slip / (length - 2)


def chance_of_name(terms: list[Term], name: str) -> float:
    """Return the chance that somebody of this name is written so."""
    return sum(
        chance * surnames.get(name[0], 0) * (1 if given is None else given.get(name[1:], 0))
        for chance, surnames, given in terms
    )


def chance_of_anybody(terms: list[Term]) -> float:
    """Return the chance that a stranger, named as people are, is written so."""
    return sum(
        chance
        * sum(SURNAMES[one] * each for one, each in surnames.items() if one in SURNAMES)
        * (1 if given is None else sum(GIVEN.get(one, 0) * each for one, each in given.items()))
        for chance, surnames, given in terms
    )


@cache
def written_numbers(number: str) -> _Chances:
    """Return how a badge or plate is written, each with its chance."""
    written, read = _nothing(), _nothing()
    read[number] = 0.92
    for at, one in enumerate(number):
        read[number[:at] + _LOOK_ALIKE.get(one, one) + number[at + 1 :]] += 0.08 / len(number)
    for one, chance in read.items():
        written[one[-4:]] += chance * 0.04
        for form in one, one.replace("-", ""), one.lower(), one.replace("-", " "):
            written[form] += chance * 0.96 / 4
    return dict(written)


def dialled(text: str) -> _Chances:
    """Return the numbers that a written phone can have been, each with its chance."""
    number = text.replace("+886 ", "0").replace("-", "")
    if len(number) != 10:  # noqa: PLR2004 - only those are read wrongly
        return {number: 1.0}
    alike = {
        number[:at] + one + number[at + 1 :]: 0.04 / 80
        for at in range(2, 10)
        for one in "0123456789"
    }
    return {**alike, number: 0.96 + 0.04 / 10}
