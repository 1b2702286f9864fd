"""The strict JWS gate: the only module that touches JOSE (format E).

python-jose accepts more than RFC 8725 allows (unknown `crit`, any `typ`, duplicate names), so
everything is judged here before it sees a byte. Bad input gives `Refused`, never an exception.
ECDSA signatures are malleable: the mirrored one (n-s) verifies too, so a token's text is never
the key of a cache, a deny list or a replay store; its `jti` is.
"""

import binascii
import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NoReturn

import jose.backends
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from jose import jwk, jws
from jose.backends.base import Key
from jose.backends.cryptography_backend import CryptographyECKey
from jose.exceptions import JOSEError

from domain.refusals import Refused

MAX_DEPTH: Final = 8
_COORDINATE_BYTES: Final = 32
_COORDINATE_CHARACTERS: Final = 43
_SIGNATURE_BYTES: Final = 64
_INTEGER_CHARACTERS: Final = 18  # a Unix time has 10; longer ones only feed overflow bugs
# The quote that closes is optional, so that no start is tried twice: linear on any input.
_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URL: Final = bytes.maketrans(b"-_", b"+/")
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}")
_NESTING: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of JWS must look like, judged before any cryptography; all are ES256."""

    type: str
    max_characters: int
    members: frozenset[str] = frozenset({"alg", "kid", "typ"})


VISIT_TOKEN: Final = Profile(type="visit+jwt", max_characters=2048)
ACCESS_TOKEN: Final = Profile(type="at+jwt", max_characters=8192)


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key, checked and built once; `thumbprint` is RFC 7638's."""

    thumbprint: str
    key: Key


KeyRing = Mapping[str, VerifyingKey]
"""`kid` (its thumbprint) -> key."""


@dataclass(frozen=True, slots=True)
class SignedClaims:
    """Claims whose signature verified with the key named `kid`; what they say is yet to judge."""

    kid: str
    claims: Mapping[str, Any]


def assert_backend() -> None:
    """Fail at start when python-jose fell back to its slow pure-Python curve code."""
    if jose.backends.ECKey is not CryptographyECKey:
        message = "python-jose must use the cryptography backend"
        raise RuntimeError(message)


def encode(data: bytes) -> str:
    """Return unpadded base64url (RFC 7515, section 2)."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode()


def decode(text: str) -> bytes | None:
    """Return the bytes of canonical unpadded base64url, or None."""
    try:
        data = binascii.a2b_base64(text.encode().translate(_FROM_URL) + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return data if encode(data) == text else None


def thumbprint(public: Mapping[str, Any]) -> str:
    """Return the SHA-256 thumbprint of a checked EC key (RFC 7638, section 3.2).

    A key of unknown origin goes through `verifying_key`, which has its thumbprint.
    """
    members = {name: public[name] for name in ("crv", "kty", "x", "y")}
    return encode(hashlib.sha256(_compact(members)).digest())


def public_jwk(private_key: EllipticCurvePrivateKey) -> dict[str, str]:
    """Return the bare public JWK of a P-256 key."""
    numbers = private_key.public_key().public_numbers()
    x, y = (encode(number.to_bytes(_COORDINATE_BYTES)) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def verifying_key(public: Mapping[str, Any]) -> VerifyingKey | Refused:
    """Build a key from a JWK: P-256, public, for signatures; anything else is refused."""
    x, y = public.get("x"), public.get("y")
    if public.get("kty") != "EC" or public.get("crv") != "P-256":
        return Refused("key")
    if not isinstance(x, str) or not isinstance(y, str) or not _is_for_verifying(public):
        return Refused("key")
    if (len(x), len(y)) != (_COORDINATE_CHARACTERS, _COORDINATE_CHARACTERS):
        return Refused("key")  # before anything of it is kept
    return _build(x, y)


@lru_cache(maxsize=4096)  # keys of the phones that are at doors now; building one costs 40 us
def _build(x: str, y: str) -> VerifyingKey | Refused:
    if any(len(decode(one) or b"") != _COORDINATE_BYTES for one in (x, y)):
        return Refused("key")
    members = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    try:
        key = jwk.construct(members, algorithm="ES256")
    except (JOSEError, ValueError):  # a point that is not on the curve
        return Refused("key")
    return VerifyingKey(thumbprint(members), key)


def _is_for_verifying(public: Mapping[str, Any]) -> bool:
    operations = public.get("key_ops", ["verify"])
    return (
        public.get("use", "sig") == "sig"
        and public.get("alg", "ES256") == "ES256"
        and isinstance(operations, list)
        and "verify" in operations
        and "d" not in public
    )


def verify(text: str, ring: KeyRing, profile: Profile) -> SignedClaims | Refused:
    """Verify a compact JWS against the ring; the claims are still to be judged.

    1. bound; 2. shape; 3. canonical base64url; 4. strict JSON; 5. header; 6. key; 7. signature.
    """
    # 1, 2
    if len(text) > profile.max_characters or not _SHAPE.fullmatch(text):
        return Refused("shape")
    # 3, 4
    head, body, signature = (decode(segment) for segment in text.split("."))
    header, claims = parse_object(head), parse_object(body)
    if header is None or claims is None or signature is None:
        return Refused("encoding")
    # 5
    if not _is_expected(header, profile):
        return Refused("header")
    # 6
    key = ring.get(header["kid"])
    if key is None:
        return Refused("kid")
    # 7
    try:
        jws.verify(text, key.key, ["ES256"])
    except JOSEError:
        return Refused("signature")
    return SignedClaims(header["kid"], MappingProxyType(claims))


def _is_expected(header: Mapping[str, Any], profile: Profile) -> bool:
    return (
        header.keys() == profile.members
        and type(header["kid"]) is str
        and header["alg"] == "ES256"
        and header["typ"] == profile.type
    )


def verify_bytes(data: bytes, signature: bytes, key: VerifyingKey) -> bool:
    """Tell whether `signature` (raw r||s, 64 bytes) is the P-256 key's over `data`, with ES256."""
    return len(signature) == _SIGNATURE_BYTES and bool(key.key.verify(data, signature))


def sign(
    claims: Mapping[str, Any], kid: str, private_key: EllipticCurvePrivateKey, profile: Profile
) -> str:
    """Return a compact ES256 JWS of the profile's type, members in the order given."""
    header = {"alg": "ES256", "kid": kid, "typ": profile.type}
    signed = f"{encode(_compact(header))}.{encode(_compact(claims))}"
    return f"{signed}.{encode(sign_bytes(signed.encode(), private_key))}"


def sign_bytes(data: bytes, private_key: EllipticCurvePrivateKey) -> bytes:
    """Return the ES256 signature over `data`, raw r||s; raises ValueError for another curve."""
    if not isinstance(private_key.curve, SECP256R1):
        message = "ES256 needs a P-256 key"
        raise ValueError(message)  # noqa: TRY004 - the type is right, the value is not
    return bytes(CryptographyECKey(private_key, "ES256").sign(data))  # type: ignore[no-untyped-call]


def _compact(members: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(members), separators=(",", ":"), allow_nan=False).encode()


def parse_object(data: bytes | None) -> dict[str, Any] | None:
    """Return the members of one strict JSON object, or None.

    Duplicate names, NaN, Infinity, huge numbers, lone surrogates and deep nesting are refused.
    """
    try:
        text = (data or b"").decode()
        if not _is_shallow(text):
            return None
        found = _DECODER.decode(text)
        if "\\u" in text:  # only an escape can smuggle a lone surrogate past UTF-8
            json.dumps(found, ensure_ascii=False).encode()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _is_shallow(text: str) -> bool:
    if text.count("{") + text.count("[") <= MAX_DEPTH:  # cannot nest deeper than it opens
        return True
    depth = 0
    for found in _NESTING.finditer(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(found.group(), 0)
        if depth > MAX_DEPTH:
            return False
    return True


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("duplicate name")
    return found


def _finite(literal: str) -> float:
    number = float(literal)
    return number if math.isfinite(number) else _refuse(literal)


def _integer(literal: str) -> int:
    return int(literal) if len(literal) <= _INTEGER_CHARACTERS else _refuse(literal)


def _refuse(literal: str) -> NoReturn:
    raise ValueError(literal)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_constant=_refuse,
    parse_float=_finite,
    parse_int=_integer,
)
