"""Names that visitors give themselves: heard at a door, so written by their sound."""

import re
import unicodedata
from typing import Final

from pypinyin import lazy_pinyin

from verifiers import badge

# What people call somebody, beside his name; matched on folded text.
_TITLES: Final = re.compile(r"(先生|小姐|女士|太太|经理|主任|专员|专案|课长|科长|组长|老师)$")
_LATIN_TITLES: Final = re.compile(r"^(mr|mrs|ms|miss|dr)\.?\s+", re.IGNORECASE)
_SHORTEST: Final = 2  # characters of a name that is one without its title


def fold(name: str) -> str:
    """Return a name as it compares exactly: as `badge.fold`, and without a title."""
    folded = badge.fold(_LATIN_TITLES.sub("", name.strip()))
    bare = _TITLES.sub("", folded)
    return bare if len(bare) >= _SHORTEST else folded


def sound(name: str) -> str:
    """Return how a name sounds: pinyin without tones, so that homophones are one.

    A Latin name is its own letters without accents, and so meets the pinyin of the Chinese one.
    Only letters and digits are left; empty when there were none.
    """
    spoken = "".join(lazy_pinyin(fold(name), v_to_u=True))
    bare = unicodedata.normalize("NFKD", spoken)
    return "".join(one for one in bare.casefold() if one.isalnum())
