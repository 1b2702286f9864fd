"""Access tokens: who calls and in which roles (RFC 9068, with our own `roles` claim)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.callers import Caller, Role
from domain.refusals import Refused
from verifiers import jose_gate
from verifiers.jose_gate import ACCESS_TOKEN, KeyRing

AUDIENCE: Final = "menshen"
LONGEST_SECONDS: Final = 24 * 3600
_MEMBERS: Final = {"iss", "aud", "sub", "roles", "iat", "exp", "jti"}
_ROLES: Final = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose access tokens we take: `iss` exactly, and the keys that sign for it.

    Tokens whose `jti` is among the `ended` are taken no more.
    """

    name: str
    ring: KeyRing
    ended: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token that counts: who calls, and by which id and until when (Unix s) it does."""

    caller: Caller
    id: str
    expires_at: int


def verify(text: str, issuer: Issuer, now: int) -> AccessToken | Refused:
    """Verify an access token at an instant (Unix s).

    1. signature; 2. members; 3. issuer and audience; 4. times; 5. id; 6. subject and roles.
    """
    # 1
    signed = jose_gate.verify(text, issuer.ring, ACCESS_TOKEN)
    if isinstance(signed, Refused):
        return signed
    # 2
    claims = signed.claims
    if claims.keys() != _MEMBERS:
        return Refused("claims")
    # 3
    if (claims["iss"], claims["aud"]) != (issuer.name, AUDIENCE):
        return Refused("issuer")
    # 4
    if not _is_timely(claims, now):
        return Refused("times")
    # 5, 6
    return _token(claims, issuer)


def _token(claims: Mapping[str, Any], issuer: Issuer) -> AccessToken | Refused:
    token_id = claims["jti"]
    if type(token_id) is not str:
        return Refused("claims")
    if token_id in issuer.ended:
        return Refused("ended")
    caller = _caller(claims["sub"], claims["roles"])
    return caller if isinstance(caller, Refused) else AccessToken(caller, token_id, claims["exp"])


def _caller(subject: object, roles: object) -> Caller | Refused:
    if type(subject) is not str or not subject or type(roles) is not list:
        return Refused("claims")
    if not all(type(role) is str and role in _ROLES for role in roles):
        return Refused("roles")
    return Caller(subject, frozenset(map(Role, roles)))


def _is_timely(claims: Mapping[str, Any], now: int) -> bool:
    issued_at, expires_at = claims["iat"], claims["exp"]
    if type(issued_at) is not int or type(expires_at) is not int:
        return False
    return issued_at <= now + 30 and now < expires_at <= issued_at + LONGEST_SECONDS
