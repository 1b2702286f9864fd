"""Visit phrases: two ordinary words that the notice and the genuine answer share."""

from functools import cache
from pathlib import Path
from typing import Final

from domain.randomness import Randomness
from domain.states import Language

_FOLDER: Final = Path(__file__).parent / "words"
_BETWEEN: Final = {Language.ENGLISH: " "}


@cache
def words(language: Language) -> tuple[str, ...]:
    """Return a language's own ordinary words."""
    return tuple((_FOLDER / f"{language}.txt").read_text(encoding="utf-8").split())


def make_phrase(language: Language, randomness: Randomness) -> str:
    """Return two words of a language as one string; the modulo's bias is below 2**-50."""
    listed = words(language)
    chosen = (listed[int.from_bytes(randomness(8)) % len(listed)] for _ in range(2))
    return _BETWEEN.get(language, "·").join(chosen)
