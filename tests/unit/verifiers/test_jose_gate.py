"""What the gate refuses although the signature, or the key, is good."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from domain.refusals import Refused
from verifiers import jose_gate, visit_code, visit_token

PRIVATE = ec.generate_private_key(ec.SECP256R1())
ISSUER = "https://verify.bank.example"
NOW = 1795000020


def jwk_of(key: ec.EllipticCurvePublicKey, curve: str = "P-256") -> dict[str, Any]:
    numbers, size = key.public_numbers(), (key.curve.key_size + 7) // 8
    x, y = (jose_gate.encode(n.to_bytes(size)) for n in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": curve, "x": x, "y": y}


PUBLIC = jwk_of(PRIVATE.public_key())
KID = jose_gate.thumbprint(PUBLIC)
_key = jose_gate.verifying_key(PUBLIC)
assert not isinstance(_key, Refused)
RING = {KID: _key}


def good_claims() -> dict[str, Any]:
    return {
        "iss": ISSUER,
        "aud": "visit-verify",
        "sub": "st_1",
        "jti": "A" * 22,
        "iat": NOW,
        "nbf": NOW,
        "exp": NOW + 3600,
        "vid": "vi_1",
        "pur": "visit",
        "agy": "ag_1",
        "pho": "A" * 43,
        "cnf": {"jkt": "A" * 43},
    }


def signed(header: str, payload: str) -> str:
    """Sign any text at all, as an attacker who holds the key could."""
    head, body = jose_gate.encode(header.encode()), jose_gate.encode(payload.encode())
    der = PRIVATE.sign(f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    r, s = decode_dss_signature(der)
    return f"{head}.{body}.{jose_gate.encode(r.to_bytes(32) + s.to_bytes(32))}"


def with_header(**members: Any) -> str:  # noqa: ANN401 - any JSON
    header = {"alg": "ES256", "kid": KID, "typ": "visit+jwt"} | members
    return signed(json.dumps(header), json.dumps(good_claims()))


def with_payload(payload: str) -> str:
    return signed(json.dumps({"alg": "ES256", "kid": KID, "typ": "visit+jwt"}), payload)


def read(text: str) -> visit_token.VerifiedToken | Refused:
    return visit_token.verify(text, RING, ISSUER, NOW)


def test_our_own_signature_is_accepted() -> None:
    text = jose_gate.sign(good_claims(), KID, PRIVATE, jose_gate.VISIT_TOKEN)
    assert isinstance(read(text), visit_token.VerifiedToken)
    assert isinstance(read(with_header()), visit_token.VerifiedToken)


PEM = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize(
    "members",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES384"},
        {"alg": ["ES256"]},
        {"typ": "JWT"},
        {"typ": "visit-proof+jwt"},
        {"kid": "unknown"},
        {"kid": 7},
        {"kid": None},
        {"crit": ["b64"]},
        {"jwk": PUBLIC},
        {"jku": "https://attacker.example/keys"},
        {"x5u": "https://attacker.example/chain"},
        {"x5c": [PEM]},
    ],
    ids=lambda header: str(header)[:24],  # keys are new in each process
)
def test_every_header_but_ours_is_refused(members: dict[str, Any]) -> None:
    refused = read(with_header(**members))
    assert refused in (Refused("header"), Refused("kid"))


@pytest.mark.parametrize("secret", [PEM.encode(), json.dumps(PUBLIC).encode()], ids=["pem", "jwk"])
def test_a_public_key_is_no_shared_secret(secret: bytes) -> None:
    import hashlib  # noqa: PLC0415 - the attacker's tools, used here only
    import hmac  # noqa: PLC0415

    header = jose_gate.encode(json.dumps({"alg": "HS256", "kid": KID, "typ": "visit+jwt"}).encode())
    body = jose_gate.encode(json.dumps(good_claims()).encode())
    mac = hmac.digest(secret, f"{header}.{body}".encode(), hashlib.sha256)
    assert isinstance(read(f"{header}.{body}.{jose_gate.encode(mac)}"), Refused)
    assert isinstance(read(f"{header}.{body}.{jose_gate.encode(mac + mac)}"), Refused)


@pytest.mark.parametrize(
    "payload",
    [
        json.dumps(good_claims())[:-1] + ',"sub":"st_2"}',
        json.dumps(good_claims() | {"exp": None}),
        json.dumps(good_claims()).replace(f'"exp": {NOW + 3600}', '"exp": 1e999'),
        json.dumps(good_claims()).replace(f'"exp": {NOW + 3600}', '"exp": Infinity'),
        json.dumps(good_claims()).replace(f'"exp": {NOW + 3600}', '"exp": ' + "9" * 40),
        json.dumps(good_claims() | {"sub": "\ud800"}),
        json.dumps(good_claims() | {"exp": True}),
        json.dumps(good_claims() | {"exp": float(NOW + 3600)}),
        json.dumps(good_claims() | {"exp": NOW + 5 * 3600}),
        json.dumps(good_claims() | {"exp": NOW - 1}),
        json.dumps(good_claims() | {"iat": NOW + 31}),
        json.dumps(good_claims() | {"iss": "https://other.example"}),
        json.dumps(good_claims() | {"aud": ["visit-verify"]}),
        json.dumps(good_claims() | {"cnf": {"jkt": "A" * 43, "x": 1}}),
        json.dumps(good_claims() | {"cnf": "A" * 43}),
        json.dumps(good_claims() | {"admin": True}),
        json.dumps({name: v for name, v in good_claims().items() if name != "exp"}),
        "[" * 500 + "]" * 500,
        "[]",
        "null",
    ],
)
def test_a_good_signature_does_not_excuse_bad_claims(payload: str) -> None:
    assert isinstance(read(with_payload(payload)), Refused)


def test_shape_is_judged_before_cryptography() -> None:
    good = with_header()
    for text in (good + "=", good + "\n", " " + good, good + ".AAAA", "A" * 2049, good[:-1]):
        assert read(text) == Refused("shape")


def test_base64url_must_be_canonical() -> None:
    good = with_header()
    last = good[-1]  # 64 bytes leave 4 spare bits in the last character
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert read(good[:-1] + alphabet[alphabet.index(last) + 1]) == Refused("encoding")
    assert jose_gate.decode("A") is None


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "RSA"},
        {"crv": "P-384"},
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"d": "A" * 43},
        {"x": 5},
        {"x": "A" * 42},
        {"x": "A" * 43},
    ],
    ids=str,
)
def test_a_key_that_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    assert jose_gate.verifying_key(PUBLIC | change) == Refused("key")
    assert not isinstance(
        jose_gate.verifying_key(PUBLIC | {"use": "sig", "key_ops": ["verify"]}), Refused
    )


def test_nothing_is_kept_of_a_coordinate_that_is_too_long() -> None:
    kept = jose_gate._build.cache_info().currsize  # noqa: SLF001 - what fills memory has no name
    assert jose_gate.verifying_key(PUBLIC | {"x": "A" * 60_000}) == Refused("key")
    assert jose_gate._build.cache_info().currsize == kept  # noqa: SLF001 - as above


def test_another_curve_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    assert jose_gate.verifying_key(jwk_of(other, "P-384")) == Refused("key")
    assert jose_gate.verifying_key(jwk_of(other)) == Refused("key")


def test_the_slow_backend_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    jose_gate.assert_backend()
    monkeypatch.setattr("jose.backends.ECKey", object)
    with pytest.raises(RuntimeError):
        jose_gate.assert_backend()


@pytest.mark.parametrize(
    ("origin", "version"),
    [
        ("https://" + "a" * 25, 7),
        ("https://" + "a" * 26, 8),
        ("https://" + "a" * 55, 8),
        ("https://" + "a" * 56, Refused("host_too_long")),
    ],
)
def test_the_host_decides_the_size_of_the_symbol(origin: str, version: int | Refused) -> None:
    assert visit_code.check_origin(origin) == version


@pytest.mark.parametrize(
    "url", ["verify.bank.example", "https://bank.example/path", "https://BANK.example", "ftp://a"]
)
def test_only_a_bare_origin_carries_codes(url: str) -> None:
    assert visit_code.check_origin(url) == Refused("origin")


def test_only_es256_is_signed() -> None:
    with pytest.raises(ValueError, match="P-256"):
        jose_gate.sign_bytes(b"", ec.generate_private_key(ec.SECP384R1()))


def test_a_code_is_built_of_16_and_64_bytes() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        visit_code.build(ISSUER, b"short", 1, bytes(64))


@pytest.mark.parametrize(("depth", "accepted"), [(8, True), (9, False)])
def test_json_nests_eight_deep_at_most(depth: int, *, accepted: bool) -> None:
    text = '{"a":' * depth + '"]]["' + "}" * depth
    assert (jose_gate.parse_object(text.encode()) is not None) is accepted


def test_brackets_side_by_side_are_not_deep() -> None:
    assert jose_gate.parse_object(b'{"a":[[],[],[],[],[],[],[],[],[]]}') is not None


def test_the_public_jwk_of_a_key_is_bare() -> None:
    assert jose_gate.public_jwk(PRIVATE) == PUBLIC


def test_built_claims_are_those_of_the_format_in_its_order() -> None:
    claims = visit_token.build_claims(
        issuer=ISSUER,
        staff="st_1",
        ref=bytes(16),
        issued_at=NOW,
        not_before=NOW,
        expires_at=NOW + 3600,
        visit="vi_1",
        purpose="visit",
        employer="ag_1",
        photo="A" * 43,
        jkt="A" * 43,
    )
    assert list(claims.items()) == list(good_claims().items())


def test_encoding_is_url_safe_and_bare() -> None:
    data = bytes(range(251, 256)) * 2
    assert jose_gate.encode(data) == base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    assert jose_gate.decode(jose_gate.encode(data)) == data
