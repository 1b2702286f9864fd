"""Number plates as they compare, however somebody saw them and wrote them down.

Where a country's plates have a known pattern of letters and digits, look-alikes are read as what
can stand there (an eight in a place for letters was a B); elsewhere O and 0, I and 1 are one.
"""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import opencc

_TO_SIMPLIFIED: Final = opencc.OpenCC("t2s")
# Mainland: province, letter of the city, then five characters, or six for new-energy vehicles.
_MAINLAND: Final = re.compile(
    "([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领])"
    "([A-Z0-9])([A-Z0-9]{4,6})([学警港澳挂领使试超]?)"
)
_LETTER: Final = str.maketrans("01258", "OIZSB")
_DIGIT: Final = str.maketrans("OIZSBQ", "012580")
_ALIKE: Final = str.maketrans("OI", "01")
# L is a letter and D a digit.
_PATTERNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "TW": ("LLLDDDD", "DDDDLL", "LLDDDD", "LLLDDD", "DDDLLL"),
        "HK": ("LLDDDD", "LLDDD", "LLDD", "LLD"),
        "GB": ("LLDDLLL", "LDDDLLL", "LLLDDDL"),
        "IN": ("LLDDLLDDDD", "LLDDLDDDD", "LLDDLLLDDDD", "LLDLLDDDD", "LLDLDDDD", "DDLLDDDDLL"),
    }
)
_INDIAN: Final = re.compile(r"([A-Z]{2})(\d{1,2})([A-Z]{1,3})(\d{1,4})")


def fold(text: str, country: str) -> str:
    """Return a plate without separators, case and look-alikes; empty when nothing is left.

    `country` (ISO 3166-1 alpha-2) is where plates that do not say it are from. Mainland plates say
    it by their province, which stays.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    kept = "".join(one for one in _TO_SIMPLIFIED.convert(plain) if one.isalnum())
    mainland = _MAINLAND.search(kept)
    if mainland is not None:
        province, city, serial, suffix = mainland.groups()
        return province + city.translate(_LETTER) + serial.translate(_ALIKE) + suffix
    return _in_country("".join(one for one in kept if one.isascii()), country)


def _in_country(plate: str, country: str) -> str:
    patterns, alike = _PATTERNS.get(country, ()), plate.translate(_ALIKE)
    # What the second reading finds must not be found by folding once more: a value is its own.
    read = _reading(plate, patterns) or _reading(alike, patterns) or alike
    if country == "IN" and (parts := _INDIAN.fullmatch(read)) is not None:
        state, district, series, number = parts.groups()
        return f"{state}{district:0>2}{series}{number:0>4}"
    return read


def _reading(plate: str, patterns: tuple[str, ...]) -> str | None:
    """Return the one that fits best; two that fit equally well decide nothing."""
    match sorted(_readings(plate, patterns)):
        case [(_, only)]:
            return only
        case [(least, best), (more, _), *_] if least < more:
            return best
        case _:
            return None


def _readings(plate: str, patterns: tuple[str, ...]) -> set[tuple[int, str]]:
    """Return how many characters had to be read as others, and what then stands there."""
    found = set()
    for pattern in patterns:
        if len(pattern) != len(plate):
            continue
        read = "".join(
            one.translate(_LETTER if place == "L" else _DIGIT)
            for one, place in zip(plate, pattern, strict=True)
        )
        fits = all(
            one.isalpha() if place == "L" else one.isdigit()
            for one, place in zip(read, pattern, strict=True)
        )
        if fits:
            found.add((sum(a != b for a, b in zip(read, plate, strict=True)), read))
    return found
