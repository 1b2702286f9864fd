"""The text of the QR code a visitor shows: built and parsed, proving nothing yet (format C)."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from domain.refusals import Refused
from verifiers.jose_gate import encode

TAG: Final = 0x01
DIGITS: Final = 203
_LENGTH: Final = 85
_REF_END, _STEP_END = 17, 21
_REF_BYTES, _SIGNATURE_BYTES = 16, 64
_DIGITS: Final = re.compile(rf"[0-9]{{{DIGITS}}}")
# A bare origin as a browser writes it: lower case, no user, no path.
_ORIGIN: Final = re.compile(r"https?://((?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?)")
_LONGEST_HOST: Final = {7: 25, 8: 55}  # QR version at level M -> characters of host and port


@dataclass(frozen=True, slots=True)
class ParsedCode:
    """What a code claims: `ref` (16 bytes), `step` (30 s since 1970), `signature` (64 bytes)."""

    ref: bytes
    step: int
    signature: bytes

    @property
    def jti(self) -> str:
        """The reference as the token's `jti`: 22 characters of base64url."""
        return encode(self.ref)


def parse(text: str, origins: Collection[str]) -> ParsedCode | Refused:
    """Parse a scanned text; only our own origins, exactly, and the one format tag."""
    origin, found, digits = text.rpartition("/v/")
    # Compared one by one: `in` on a string given by mistake would admit its parts.
    if not found or not any(origin == own for own in origins):
        return Refused("origin")
    return parse_digits(digits)


def parse_digits(digits: str) -> ParsedCode | Refused:
    """Parse the digits alone, as the path of the code's URL carries them."""
    if not _DIGITS.fullmatch(digits):
        return Refused("shape")
    number = int(digits)
    if number >> (8 * (_LENGTH - 1)) != TAG:
        return Refused("tag")
    data = number.to_bytes(_LENGTH)
    step = int.from_bytes(data[_REF_END:_STEP_END])
    return ParsedCode(data[1:_REF_END], step, data[_STEP_END:])


def build(origin: str, ref: bytes, step: int, signature: bytes) -> str:
    """Return the text of the QR for a reference, a step and its raw signature.

    Raises ValueError for parts of a wrong length and OverflowError for a step over 32 bits.
    """
    if (len(ref), len(signature)) != (_REF_BYTES, _SIGNATURE_BYTES):
        message = "a reference has 16 bytes and a signature 64"
        raise ValueError(message)
    data = bytes([TAG]) + ref + step.to_bytes(4) + signature
    return f"{origin}/v/{int.from_bytes(data)}"


def check_origin(url: str) -> int | Refused:
    """Return the QR version that codes of this origin need, or refuse it at start-up.

    Refused are what is no bare origin and a host too long to be read at a door.
    """
    found = _ORIGIN.fullmatch(url)
    if found is None:
        return Refused("origin")
    length = len(found.group(1))
    fitting = (version for version, longest in _LONGEST_HOST.items() if length <= longest)
    return next(fitting, Refused("host_too_long"))
