"""Codes that people type: Crockford's base32, read as what they look like."""

import re
from typing import Final

# No I, L, O, U; the first three are read as what they look like.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES: Final = str.maketrans("ILO", "110")
_BETWEEN: Final = re.compile(r"[\s\-\u2010-\u2015\u00b7.]")
_LONGEST_TYPED: Final = 64


def make(random: bytes, length: int) -> str:
    """Return a code of so many characters, 5 bits each, from as many random bytes.

    32 divides 256, so no character is likelier. Raises ValueError for too few bytes.
    """
    if len(random) < length:
        message = f"{length} characters need as many bytes, not {len(random)}"
        raise ValueError(message)
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in random[:length])


def parse(text: str, length: int) -> str | None:
    """Return a typed code as it is kept, or None when it cannot be one."""
    code = _BETWEEN.sub("", text[:_LONGEST_TYPED]).upper().translate(_LOOK_ALIKES)
    return code if len(code) == length and set(code) <= set(ALPHABET) else None
