"""The visit token's claims as a table: each has a check, an unknown one is refused (A)."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, assert_never

from domain.refusals import Refused
from verifiers.jose_gate import VISIT_TOKEN, KeyRing, decode, encode
from verifiers.jose_gate import verify as verify_jws

AUDIENCE: Final = "visit-verify"
LEEWAY_SECONDS: Final = 30
LONGEST_SECONDS: Final = 4 * 3600
_LAST_TIME: Final = 253_402_300_799  # the end of year 9999, where datetime ends


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """A token that our key signed and whose claims hold; times (Unix s) are `times`' to judge."""

    kid: str
    jti: str
    staff: str
    visit: str
    purpose: str
    employer: str
    photo: str
    jkt: str
    issued_at: int
    not_before: int
    expires_at: int


class Timeliness(StrEnum):
    """Where an instant lies to a token's times."""

    EARLY = "early"
    IN = "in"
    EXPIRED = "expired"


def _is_text(value: Any) -> bool:  # noqa: ANN401 - a claim may be anything
    return type(value) is str and _TEXT.fullmatch(value) is not None


def _is_time(value: Any) -> bool:  # noqa: ANN401 - a claim may be anything
    return type(value) is int and 0 <= value <= _LAST_TIME  # `type`: True is an int, too


def _is_encoded(value: Any, size: int) -> bool:  # noqa: ANN401 - a claim may be anything
    # decode tolerates no other alphabet and no second spelling of the same bytes
    return type(value) is str and len(decode(value) or b"") == size


def _is_confirmation(value: Any) -> bool:  # noqa: ANN401 - a claim may be anything
    return type(value) is dict and value.keys() == {"jkt"} and _is_encoded(value["jkt"], 32)


_TEXT: Final = re.compile(r"[\x21-\x7e]{1,255}")

CLAIMS: Final[Mapping[str, Callable[[Any], bool]]] = MappingProxyType(
    {
        "iss": _is_text,
        "aud": lambda value: value == AUDIENCE,
        "sub": _is_text,
        "jti": lambda value: _is_encoded(value, 16),
        "iat": _is_time,
        "nbf": _is_time,
        "exp": _is_time,
        "vid": _is_text,
        "pur": _is_text,
        "agy": _is_text,
        "pho": lambda value: _is_encoded(value, 32),
        "cnf": _is_confirmation,
    },
)


def photo_digest(staff_number: str, name: str, photo_sha256: str | None) -> str:
    """Return `pho`, which binds number, name and photo; `photo_sha256` is hex or None."""
    bound = f"{staff_number}|{name}|{photo_sha256 or ''}"
    return encode(hashlib.sha256(bound.encode()).digest())


def build_claims(  # noqa: PLR0913 - one argument a claim, each by name
    *,
    issuer: str,
    staff: str,
    ref: bytes,
    issued_at: int,
    not_before: int,
    expires_at: int,
    visit: str,
    purpose: str,
    employer: str,
    photo: str,
    jkt: str,
) -> dict[str, Any]:
    """Return the claims in the order of the format; the issuer verifies what it signed."""
    return {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": staff,
        "jti": encode(ref),
        "iat": issued_at,
        "nbf": not_before,
        "exp": expires_at,
        "vid": visit,
        "pur": purpose,
        "agy": employer,
        "pho": photo,
        "cnf": {"jkt": jkt},
    }


def verify(text: str, ring: KeyRing, issuer: str, at: int) -> VerifiedToken | Refused:
    """Verify a token strictly as at an instant: all of `verify_stored`, then its times."""
    token = verify_stored(text, ring, issuer)
    if isinstance(token, Refused):
        return token
    timeliness = times(token, at)
    match timeliness:
        case Timeliness.IN:
            return token
        case Timeliness.EARLY:
            return Refused("not_yet")
        case Timeliness.EXPIRED:
            return Refused("expired")
        case _:  # pragma: no cover - mypy proves it
            assert_never(timeliness)


def verify_stored(text: str, ring: KeyRing, issuer: str) -> VerifiedToken | Refused:
    """Verify everything but the present: a scan after `exp` still needs to know whose it was.

    1. signature; 2. every claim by its check; 3. our issuer; 4. a lifetime of at most 4 h.
    """
    # 1
    signed = verify_jws(text, ring, VISIT_TOKEN)
    if isinstance(signed, Refused):
        return signed
    # 2
    claims = signed.claims
    if claims.keys() != CLAIMS.keys():
        return Refused("claims")
    if not all(fits(claims[name]) for name, fits in CLAIMS.items()):
        return Refused("claims")
    # 3
    if claims["iss"] != issuer:
        return Refused("issuer")
    # 4
    if not 0 < claims["exp"] - claims["nbf"] <= LONGEST_SECONDS:
        return Refused("lifetime")
    return VerifiedToken(
        kid=signed.kid,
        jti=claims["jti"],
        staff=claims["sub"],
        visit=claims["vid"],
        purpose=claims["pur"],
        employer=claims["agy"],
        photo=claims["pho"],
        jkt=claims["cnf"]["jkt"],
        issued_at=claims["iat"],
        not_before=claims["nbf"],
        expires_at=claims["exp"],
    )


def times(token: VerifiedToken, now: int) -> Timeliness:
    """Judge a token's times: `nbf` and `iat` allow 30 s of clock difference, `exp` has none."""
    if token.expires_at <= now:
        return Timeliness.EXPIRED
    if max(token.not_before, token.issued_at) > now + LEEWAY_SECONDS:
        return Timeliness.EARLY
    return Timeliness.IN
