"""What leaves the house about reports: formats, and what each TLP level may carry.

TLP is the Traffic Light Protocol 2.0 of FIRST: `clear` may be published, `green` goes to a
community, `amber` to an organisation and its clients, `amber+strict` to the organisation alone,
`red` to the people named.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.reports import ReportKind


class ExportFormat(StrEnum):
    """How reports are written down for others."""

    CSV = "csv"
    STIX = "stix"
    MISP = "misp"


class Tlp(StrEnum):
    """Who may see an export, from everybody to the people named."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"


_ORDER: Final = tuple(Tlp)
_C, _G, _A, _S = Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT
_NAMES_NOBODY: Final = "says what happened and names nobody"
_TOOL: Final = "a tool of the visitor's, by which the next door knows him"
_ABUSED: Final = "names whom the visitor abused: for those who can warn them"
_EXACT: Final = "with the day's other news it can lead to a customer's door"

SHOWN_FROM: Final[Mapping[str, tuple[Tlp, str]]] = MappingProxyType(
    {
        "id": (_C, "our handle, by which to ask us; it opens nothing"),
        "kind": (_C, _NAMES_NOBODY),
        "status": (_C, "a reader must see what is not confirmed"),
        "severity": (_C, _NAMES_NOBODY),
        "occurred_on": (_C, _NAMES_NOBODY),
        "received_on": (_C, _NAMES_NOBODY),
        "asked_for": (_C, _NAMES_NOBODY),
        "phone": (_C, _TOOL),
        "plate": (_C, _TOOL),
        "url": (_C, _TOOL),
        "latitude": (_C, "an area, by PLACE_DECIMALS; the address stays sealed"),
        "longitude": (_C, "as latitude"),
        "precision_m": (_C, "as latitude"),
        "badge_number": (_G, _ABUSED),
        "agency": (_G, _ABUSED),
        "organisation": (_G, _ABUSED),
        "occurred_at": (_A, _EXACT),
        "received_at": (_A, _EXACT),
        "claimed_name": (_A, "may be the name of an innocent person"),
        "payee": (_A, "an account may be a victim's, lent or stolen"),
        "evidence_count": (_A, "of use to who may ask us for it"),
        "language": (_A, "with place and day it narrows down who reported"),
        "description": (_S, "free words, in which people name themselves and others"),
    }
)
"""Each part of an exported report: the most open level that carries it, and why.

What is not here never leaves: contact, address, evidence, notes, messages, tracking code.
"""

_ABOUT_THE_VISITOR: Final = frozenset(
    {"phone", "plate", "url", "badge_number", "agency", "organisation", "claimed_name", "payee"}
)
PLACE_DECIMALS: Final[Mapping[Tlp, int]] = MappingProxyType(
    {tlp: 1 if tlp in {_C, _G} else 2 for tlp in Tlp}
)
"""Decimals of a degree that a place keeps."""
_METRES: Final = MappingProxyType({1: 10_000, 2: 1_000})
"""By decimals, how far off a place may be: half a step each way is 7.9 km and 0.8 km at most."""


def may_show(part: str, tlp: Tlp, kind: ReportKind) -> bool:
    """Tell whether an export of a level carries this part of a report of a kind.

    Misconduct is about people who work for us: who they are stays in the house below
    `amber+strict`.
    """
    least = SHOWN_FROM[part][0]
    if kind is ReportKind.MISCONDUCT and part in _ABOUT_THE_VISITOR:
        least = Tlp.AMBER_STRICT
    return _ORDER.index(tlp) >= _ORDER.index(least)


def precision_of(tlp: Tlp) -> int:
    """Return how far an exported place may be from the true one, in metres."""
    return _METRES[PLACE_DECIMALS[tlp]]
