"""Reports as the linker reads them: traits from a report's row, and kept as JSON beside it."""

from typing import Any

from db.reports import Report
from domain.links import KeyKind
from verifiers.indicators import Claims
from verifiers.risk import Place
from verifiers.spoken_names import SpokenName
from verifiers.traits import Traits, read_traits


def traits_of(report: Report, country: str) -> Traits:
    """Return a report's traits as it was told."""
    place = None
    if report.latitude is not None and report.longitude is not None:
        place = Place(report.latitude, report.longitude)
    claims = Claims(
        name=report.claimed_name,
        badge_number=report.badge_number,
        agency=report.agency,
        phone=report.phone,
        plate=report.plate,
        organisation=report.organisation,
        payee=report.payee,
        url=report.url,
    )
    asked_for = frozenset(report.asked_for)
    return read_traits(
        report.id, report.occurred_at, place, claims, report.description, asked_for, country
    )


def write_traits(traits: Traits) -> dict[str, Any]:
    """Return traits as JSON."""
    return {
        "at": traits.at,
        "place": traits.place and [traits.place.latitude, traits.place.longitude],
        "values": dict(traits.values),
        "name": traits.name and [traits.name.surname, traits.name.given],
        "agency": traits.agency,
        "words": sorted(traits.words),
        "asked_for": sorted(traits.asked_for),
    }


def read_kept(report_id: str, kept: dict[str, Any]) -> Traits:
    """Return traits from the JSON that `write_traits` made."""
    return Traits(
        report_id=report_id,
        at=kept["at"],
        place=None if kept["place"] is None else Place(*kept["place"]),
        values={KeyKind(kind): value for kind, value in kept["values"].items()},
        name=None if kept["name"] is None else SpokenName(*kept["name"]),
        agency=kept["agency"],
        words=frozenset(kept["words"]),
        asked_for=frozenset(kept["asked_for"]),
    )
