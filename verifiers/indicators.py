"""Indicators: what a report claims, as values that compare from one report to the next.

A value is never empty, has at most `LONGEST` printable characters, and means nothing by itself:
`shown` is what people read.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.indicators import IndicatorKind
from verifiers import aliases, badge, contact, plates, web_addresses

LONGEST: Final = 200
_SHORTEST_PHONE, _LONGEST_PHONE = 3, 64  # what is shorter or longer is no number
_LEGAL_FORMS: Final = re.compile(
    r"((股份)?有限公司|有限责任公司|公司|limited|ltd|llc|llp|plc|inc|corp|corporation|company|co"
    r"|pvt|private|gmbh)+$"
)
# An account number: digits that only blanks and dashes part; IBANs start with two letters.
_ACCOUNT: Final = re.compile(r"\d(?:[\s-]*\d){5,}")
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One fact: `value` compares, `shown` is what was said."""

    kind: IndicatorKind
    value: str
    shown: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What a report says of a visitor; None is what nobody said."""

    name: str | None = None
    badge_number: str | None = None
    agency: str | None = None
    phone: str | None = None
    plate: str | None = None
    organisation: str | None = None
    payee: str | None = None
    url: str | None = None


def find_indicators(claims: Claims, country: str) -> tuple[Indicator, ...]:
    """Return the indicators in what was claimed, each kind and value once.

    `country` (ISO 3166-1 alpha-2) is where numbers and plates that do not say it are from.
    """
    said = (
        (IndicatorKind.PHONE, claims.phone),
        (IndicatorKind.PLATE, claims.plate),
        (IndicatorKind.BADGE, claims.badge_number),
        (IndicatorKind.ALIAS, claims.name),
        (IndicatorKind.AGENCY, claims.agency),
        (IndicatorKind.AGENCY, claims.organisation),
        (IndicatorKind.PAYEE, claims.payee),
        (IndicatorKind.URL, claims.url),
        (IndicatorKind.CODE_ORIGIN, claims.url),
    )
    return tuple(_each_once(said, country))


def _each_once(
    said: tuple[tuple[IndicatorKind, str | None], ...], country: str
) -> Iterator[Indicator]:
    seen = set()
    for kind, text in said:
        value = None if text is None else value_of(kind, text, country)
        if text is not None and value is not None and (kind, value) not in seen:
            seen.add((kind, value))
            yield Indicator(kind, value, text)


def value_of(kind: IndicatorKind, text: str, country: str) -> str | None:
    """Return a typed text as it compares in its kind, or None when it says nothing of it."""
    seen = "".join(one if one.isprintable() else " " for one in text)  # nobody means the others
    found = _VALUES[kind](seen, country)
    return "".join(one for one in found if one.isprintable())[:LONGEST] or None


def _phone(text: str, country: str) -> str:
    # A short number has bare digits; those of other scripts are ours.
    folded = contact.fold_phone(text, country)[:_LONGEST_PHONE]
    number = "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in folded)
    return number if len(number) >= _SHORTEST_PHONE else ""


def _badge(text: str, _country: str) -> str:
    return badge.fold(text)


def _alias(text: str, _country: str) -> str:
    return aliases.sound(text)


def _agency(text: str, _country: str) -> str:
    bare = _letters(badge.fold(text))
    return _LEGAL_FORMS.sub("", bare) or bare


def _payee(text: str, _country: str) -> str:
    plain = unicodedata.normalize("NFKC", text).upper()
    iban = _IBAN.fullmatch(_letters(plain))
    account = _ACCOUNT.search(plain)
    if iban is not None:
        return iban.group()
    return _letters(badge.fold(text) if account is None else account.group())


def _url(text: str, _country: str) -> str:
    address = web_addresses.parse(text)
    return "" if address is None else address.canonical


def _code_origin(text: str, _country: str) -> str:
    address = web_addresses.parse(text)
    return "" if address is None else address.domain


def _letters(text: str) -> str:
    return "".join(one for one in text if one.isalnum())


_VALUES: Final[Mapping[IndicatorKind, Callable[[str, str], str]]] = MappingProxyType(
    {
        IndicatorKind.PHONE: _phone,
        IndicatorKind.PLATE: plates.fold,
        IndicatorKind.BADGE: _badge,
        IndicatorKind.ALIAS: _alias,
        IndicatorKind.AGENCY: _agency,
        IndicatorKind.PAYEE: _payee,
        IndicatorKind.URL: _url,
        IndicatorKind.CODE_ORIGIN: _code_origin,
    }
)
