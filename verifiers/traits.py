"""What of a report takes part in linking, and by which keys an index finds its likely relatives."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from domain.indicators import IndicatorKind
from domain.links import KeyKind
from verifiers import badge, cells
from verifiers.indicators import Claims, find_indicators
from verifiers.risk import Place
from verifiers.spoken_names import SpokenName, hear

_IDENTIFYING: Final[Mapping[IndicatorKind, KeyKind]] = {
    IndicatorKind.PHONE: KeyKind.PHONE,
    IndicatorKind.PLATE: KeyKind.PLATE,
    IndicatorKind.BADGE: KeyKind.BADGE,
    IndicatorKind.PAYEE: KeyKind.PAYEE,
    IndicatorKind.CODE_ORIGIN: KeyKind.CODE_ORIGIN,
}
_LOOK_ALIKES: Final = str.maketrans("oilszb", "011528")
_SHORTEST: Final = 4  # characters; less identifies nobody
_LEAST_WORDS: Final = 3
_WORDS: Final = re.compile(r"[a-z0-9']{2,}")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]+")

Key = tuple[KeyKind, str]


@dataclass(frozen=True, slots=True)
class Traits:
    """One report as the linker compares it; `at` is when it happened, in Unix seconds."""

    report_id: str
    at: float
    place: Place | None
    values: Mapping[KeyKind, str]
    name: SpokenName | None
    agency: str | None
    words: frozenset[str]
    asked_for: frozenset[str]
    script: str | None = field(init=False)
    """In what script most of it is told, None where that is too little to compare."""

    def __post_init__(self) -> None:
        """Find the script once: it is asked for at every cluster that the report is weighed by."""
        object.__setattr__(self, "script", _script(self.words))

    @property
    def asked(self) -> str:
        """What was asked for, as one text."""
        return " ".join(sorted(self.asked_for))

    def found_by(self) -> Iterator[Key]:
        """Yield what an index holds this report under, and finds others by."""
        yield from self.values.items()
        if self.name is not None and self.name.given:
            yield KeyKind.NAME, self.name.whole
            yield KeyKind.SKELETON, self.name.skeleton
        if self.place is not None:
            yield KeyKind.CELL, cells.cell_of(self.place)


def read_traits(  # noqa: PLR0913, PLR0917 - each by its name
    report_id: str,
    occurred_at: datetime,
    place: Place | None,
    claims: Claims,
    description: str,
    asked_for: frozenset[str],
    country: str,
) -> Traits:
    """Return the traits of a report as it was told."""
    values: dict[KeyKind, str] = {}
    agency = None
    for found in find_indicators(claims, country):
        kind = _IDENTIFYING.get(found.kind)
        if kind is not None and len(found.value) >= _SHORTEST:
            values[kind] = _as_printed(found.value) if kind is KeyKind.BADGE else found.value
        if found.kind is IndicatorKind.AGENCY and found.shown == claims.agency:
            agency = found.value
    return Traits(
        report_id=report_id,
        at=occurred_at.timestamp(),
        place=place,
        values=values,
        name=None if claims.name is None else hear(claims.name),
        agency=agency,
        words=frozenset(_tokens(description)),
        asked_for=asked_for,
    )


def _script(words: frozenset[str]) -> str | None:
    if len(words) < _LEAST_WORDS:
        return None
    latin = sum(one.isascii() for one in words)
    return "latin" if 2 * latin >= len(words) else "chinese"


def _as_printed(number: str) -> str:
    # Dashes and look-alikes of a small print are read as they please.
    return "".join(one for one in number if one.isalnum()).translate(_LOOK_ALIKES)


def _tokens(text: str) -> Iterator[str]:
    # Words where there are blanks, pairs of characters where there are none.
    folded = badge.fold(text)
    yield from _WORDS.findall(text.casefold())
    for run in _CHINESE.findall(folded):
        yield from (run[at : at + 2] for at in range(len(run) - 1))
