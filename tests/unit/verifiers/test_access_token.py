"""Which access tokens count."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from domain.callers import Caller, Role
from domain.refusals import Refused
from verifiers import jose_gate
from verifiers.access_token import AccessToken, Issuer, verify

KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = jose_gate.verifying_key(jose_gate.public_jwk(KEY))
assert not isinstance(PUBLIC, Refused)
KID = PUBLIC.thumbprint
ISSUER = Issuer("urn:test", {KID: PUBLIC})
NOW = 1_800_000_000
GOOD: dict[str, Any] = {
    "iss": "urn:test",
    "aud": "menshen",
    "sub": "S-1",
    "roles": ["staff"],
    "iat": NOW,
    "exp": NOW + 60,
    "jti": "x",
}


def check(claims: dict[str, Any], now: int = NOW, issuer: Issuer = ISSUER) -> AccessToken | Refused:
    return verify(jose_gate.sign(claims, KID, KEY, jose_gate.ACCESS_TOKEN), issuer, now)


def test_a_good_token_names_its_caller() -> None:
    assert check(GOOD) == AccessToken(Caller("S-1", frozenset({Role.STAFF})), "x", NOW + 60)


def test_a_token_that_was_ended_is_refused() -> None:
    issuer = replace(ISSUER, ended=("y", "x"))
    assert check(GOOD, issuer=issuer) == Refused("ended")
    assert isinstance(check({**GOOD, "jti": "z"}, issuer=issuer), AccessToken)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"surprise": 1}, "claims"),
        ({"iss": "urn:other"}, "issuer"),
        ({"aud": "other"}, "issuer"),
        ({"exp": NOW}, "times"),
        ({"exp": "later"}, "times"),
        ({"iat": True}, "times"),
        ({"iat": NOW + 31, "exp": NOW + 60}, "times"),
        ({"exp": NOW + 25 * 3600}, "times"),
        ({"jti": ["x"]}, "claims"),
        ({"sub": ""}, "claims"),
        ({"sub": 7}, "claims"),
        ({"roles": "staff"}, "claims"),
        ({"roles": ["root"]}, "roles"),
        ({"roles": [["staff"]]}, "roles"),
    ],
    ids=str,
)
def test_anything_else_is_refused(changes: dict[str, Any], reason: str) -> None:
    assert check({**GOOD, **changes}) == Refused(reason)


def test_a_visit_token_is_no_access_token() -> None:
    wrong = jose_gate.sign(GOOD, KID, KEY, jose_gate.VISIT_TOKEN)
    assert verify(wrong, ISSUER, NOW) == Refused("header")
