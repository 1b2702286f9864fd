"""What is on record about reports, in a reader's words: the codes, and the shapes of their texts.

A history keeps the same few English shapes for ever, for programs and for rows that are old by now;
people read them in their own words, on the page and in the pack for the police. What a person wrote
is left as it is, and so is whatever has none of the shapes.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from domain.reports import CustodyKind, ReportEventKind
from domain.states import Language
from service.translations import OWN, load

_CODES: Final[Mapping[str, str]] = {
    "new": "new",
    "triaged": "triaged",
    "investigating": "being investigated",
    "confirmed": "confirmed",
    "dismissed": "dismissed",
    "withdrawn": "withdrawn",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "critical": "critical",
    "impersonation": "posed as ours",
    "misconduct": "misconduct of ours",
    "cash": "cash",
    "transfer": "a transfer",
    "password": "a password",
    "one_time_code": "a one-time code",
    "documents": "documents",
    "entry": "to be let in",
    "signature": "a signature",
    "other": "something else",
}
_CUSTODY: Final[Mapping[str, str]] = {
    CustodyKind.RECEIVED: "received",
    CustodyKind.VIEWED: "looked at",
    CustodyKind.ORIGINAL_OPENED: "original opened",
    CustodyKind.EXPORTED: "in a police pack",
    CustodyKind.ORIGINAL_EXPORTED: "original in a police pack",
}
_ACTORS: Final[Mapping[str, str]] = {
    "reporter": "the reporter",
    "linker": "automatic linking",
    "simulator": "the simulation",
}
_BETWEEN: Final = {Language.ENGLISH: ", "}
_ARROW: Final = " → "


@dataclass(frozen=True, slots=True)
class _Shape:
    """A pattern of stored texts, and what it says; `code` and `said` are its parts."""

    pattern: re.Pattern[str]
    words: str


def _shapes(*pairs: tuple[str, str]) -> tuple[_Shape, ...]:
    return tuple(_Shape(re.compile(pattern, re.DOTALL), words) for pattern, words in pairs)


_CODED: Final = frozenset({ReportEventKind.STATUS, ReportEventKind.SEVERITY, ReportEventKind.KIND})
_NAMED: Final = frozenset({ReportEventKind.ASSIGNEE, ReportEventKind.POLICE_REFERENCE})
_SHAPES: Final[Mapping[ReportEventKind, tuple[_Shape, ...]]] = {
    ReportEventKind.CLOSING: _shapes(
        (r"asks for (?P<code>\w+)", "asks for: {code}"),
        (
            r"approves (?P<code>\w+), asked for by (?P<said>.*)",
            "approves: {code}; asked for by {said}",
        ),
        (r"declines (?P<code>\w+)", "declines: {code}"),
        (r"takes back (?P<code>\w+)", "takes back the request for: {code}"),
    ),
    ReportEventKind.HOLD: _shapes(
        (r"set: (?P<said>.*)", "set: {said}"), (r"lifted: (?P<said>.*)", "lifted: {said}")
    ),
    ReportEventKind.DUPLICATE: _shapes(
        (r"(?P<said>\S+) separated", "{said} is no duplicate any more"),
        (r"separated from (?P<said>\S+)", "no duplicate of {said} any more"),
        (r"takes the place of (?P<said>\S+)", "takes the place of {said}"),
        (r"(?P<said>\S+) was added to", "something was added to {said}"),
    ),
    ReportEventKind.PACK: _shapes(
        (r"with originals: (?P<said>.*)", "with originals: {said}"),
        (r"with originals", "with originals"),
        (r"without originals: (?P<said>.*)", "without originals: {said}"),
        (r"without originals", "without originals"),
    ),
}
_RECEIVED: Final = _shapes(
    (r"sha256 (?P<said>[0-9a-f]+), (?P<code>\d+) bytes", "SHA-256 {said}, {code} bytes")
)


@dataclass(frozen=True, slots=True)
class ReportWords:
    """Says what is on record in one language."""

    language: Language

    def code(self, code: str) -> str:
        """Return the words of a status, a severity, a kind or of what was asked for."""
        return self._say(_CODES.get(code, code))

    def codes(self, codes: Iterable[str]) -> str:
        """Return the words of several, one after the other."""
        return _BETWEEN.get(self.language, "、").join(map(self.code, codes))

    def event(self, kind: ReportEventKind, text: str) -> str:
        """Return the text of a line of a report's history."""
        if kind in _CODED:
            return _ARROW.join(map(self.code, text.split(" -> ")))
        if kind in _NAMED:
            return self._named(text)
        return self._shaped(_SHAPES.get(kind, ()), text)

    def custody(self, kind: CustodyKind, text: str) -> str:
        """Return what happened to a piece of evidence."""
        said = self._shaped(_RECEIVED if kind is CustodyKind.RECEIVED else (), text)
        return f"{self._say(_CUSTODY[kind])}, {said}" if said else self._say(_CUSTODY[kind])

    def actor(self, actor: str) -> str:
        """Return who did something; whoever has a login is named by it."""
        return self._say(_ACTORS[actor]) if actor in _ACTORS else actor

    def _say(self, words: str) -> str:
        return load(OWN)[self.language].gettext(words)

    def _shaped(self, shapes: Iterable[_Shape], text: str) -> str:
        for shape in shapes:
            if found := shape.pattern.fullmatch(text):
                parts = found.groupdict()
                if "code" in parts:
                    parts["code"] = self.code(parts["code"])
                return self._say(shape.words).format(**parts)
        return text

    def _named(self, text: str) -> str:
        """Return who or what took whose place; only our word for nobody is not a name."""
        before, arrow, after = text.partition(" -> ")
        if not arrow or arrow in after:  # which arrow is ours nobody knows
            return text
        names = (self._say("none") if one == "none" else one for one in (before, after))
        return _ARROW.join(names)
