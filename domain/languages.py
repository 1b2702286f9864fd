"""Which of our languages a reader gets: by likely script (Unicode CLDR), not by prefix."""

from typing import Final

from domain.states import Language

FALLBACK: Final = Language.TRADITIONAL
# CLDR likely subtags: bare zh is Hans; these regions write Hant. yue is Hant unless in China.
_TRADITIONAL_REGIONS: Final = frozenset({"tw", "hk", "mo"})


def negotiate(accept_language: str | None) -> Language:
    """Return the reader's first language that we write (RFC 9110, section 12.5.4), or zh-Hant."""
    ranked = sorted(
        (_parse(part) for part in (accept_language or "").split(",")),
        key=lambda weighed: -weighed[1],  # stable: equal weights keep their order
    )
    found = (match(tag) for tag, weight in ranked if weight > 0)
    return next((language for language in found if language is not None), FALLBACK)


def match(tag: str) -> Language | None:
    """Return our language for one BCP 47 tag, or None."""
    primary, *subtags = tag.strip().lower().split("-")
    if primary == "en":
        return Language.ENGLISH
    if primary not in {"zh", "yue", "cmn"}:
        return None
    if "hant" in subtags or "hans" in subtags:
        return Language.TRADITIONAL if "hant" in subtags else Language.SIMPLIFIED
    in_traditional = not _TRADITIONAL_REGIONS.isdisjoint(subtags)
    if in_traditional or (primary == "yue" and "cn" not in subtags):
        return Language.TRADITIONAL
    return Language.SIMPLIFIED


def _parse(part: str) -> tuple[str, float]:
    tag, _, parameter = part.partition(";")
    name, _, weight = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return tag, 1.0
    try:
        return tag, float(weight)
    except ValueError:
        return tag, 0.0
