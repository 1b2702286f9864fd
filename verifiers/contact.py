"""Whether a contact that called or wrote to somebody is one of ours."""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import phonenumbers

from domain.verdicts import Check, Outcome, Reason
from verifiers.live_state import Judgement, reported, unrecognised

_WEB: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_SHORT: Final = 6
_DESKS: Final = frozenset(
    {
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.UAN,
    }
)
_NUMBER: Final = re.compile(r"[+()\s\d./-]+")


def fold_phone(text: str, country: str) -> str:
    """Return a number in E.164, or its bare digits when it is none (a short number).

    `country` (ISO 3166-1 alpha-2) is where a number without a country code is dialled.
    """
    plain = unicodedata.normalize("NFKC", text)
    try:
        number = phonenumbers.parse(plain, country)
    except phonenumbers.NumberParseException:
        return "".join(filter(str.isdigit, plain))
    if not phonenumbers.is_valid_number(number):
        return "".join(filter(str.isdigit, plain))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=4096)
def is_of_a_desk(number: str) -> bool:
    """Tell whether a folded number is of a kind that companies and authorities publish.

    Toll-free, fixed and short numbers ring at a desk, whoever says that they are his; what rings
    in a pocket is one person's.
    """
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return len(number) <= _SHORT
    return kind in _DESKS


def fold(text: str, country: str) -> str:
    """Return a contact as it compares: a number, an https origin, or a name without case."""
    plain = unicodedata.normalize("NFKC", text.encode(errors="replace").decode()).strip()
    if _WEB.match(plain):
        return _origin(plain)
    if _NUMBER.fullmatch(plain) and any(map(str.isdigit, plain)):
        return fold_phone(plain, country)
    return "".join(plain.casefold().split())


def _origin(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    # A user name before the host is there to deceive; plain http proves nobody.
    if parts.scheme != "https" or parts.username is not None or not host:
        return ""
    return f"https://{host}" + ("" if port in {None, 443} else f":{port}")


def judge(
    contact: str, official: Collection[str], country: str, *, is_reported: bool = False
) -> Judgement:
    """Judge a contact against our own, folded alike; numbers can be faked, so never genuine.

    `is_reported` tells that it is on the watchlist, which counts only where it is none of ours.
    """
    typed = fold(contact, country)
    if not typed or typed not in {fold(one, country) for one in official}:
        return reported() if is_reported else unrecognised("contact")
    return Judgement(frozenset({Reason.CONTACT_ON_RECORD}), (Check("contact", Outcome.PASS),))
