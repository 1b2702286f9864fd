"""Every case of the published vectors gets the answer it expects; PyJWT agrees on signatures."""

import hashlib
import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.refusals import Refused
from verifiers import device_proof, jose_gate, visit_code, visit_token

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "visit-code.json").read_text(),
)
NOW: int = VECTORS["now"]
ORIGIN: str = VECTORS["public_url"]


def public(name: str) -> dict[str, str]:
    return {member: text for member, text in VECTORS[name].items() if member != "d"}


def built(name: str) -> jose_gate.VerifyingKey:
    key = jose_gate.verifying_key(public(name))
    assert not isinstance(key, Refused)
    return key


# pho in the vectors is of the photo bytes b"photo"
_PHOTO = hashlib.sha256(b"photo").hexdigest()
DEVICE = built("device_key")
RING = {VECTORS["service_kid"]: built("service_key")}


def read_code(text: str) -> str:
    code = visit_code.parse(text, {ORIGIN})
    if isinstance(code, Refused) or code.ref.hex() != VECTORS["ref_hex"]:
        return "unrecognised"
    if isinstance(device_proof.verify(code, DEVICE), Refused):
        return "unrecognised"
    fresh = device_proof.in_window(code.step, device_proof.step_at(NOW))
    return "accepted" if fresh else "expired_code"


def read_token(text: str) -> visit_token.VerifiedToken | Refused:
    return visit_token.verify(text, RING, ORIGIN, NOW)


@pytest.mark.parametrize("name", VECTORS["codes"])
def test_every_code_gets_its_expect(name: str) -> None:
    case = VECTORS["codes"][name]
    assert read_code(case["text"]) == case["expect"]


@pytest.mark.parametrize("name", sorted(set(VECTORS["tokens"]) - {"pho_other", "jkt_other"}))
def test_every_refused_token_is_refused(name: str) -> None:
    assert VECTORS["tokens"][name]["expect"] == "refused"
    assert isinstance(read_token(VECTORS["tokens"][name]["text"]), Refused)


@pytest.mark.parametrize("name", ["pho_other", "jkt_other"])
def test_tokens_that_only_disagree_with_the_record_pass_the_gate(name: str) -> None:
    token = read_token(VECTORS["tokens"][name]["text"])
    assert isinstance(token, visit_token.VerifiedToken)
    expected = visit_token.photo_digest("S1001", "林志明", _PHOTO)
    assert (token.photo != expected) is (name == "pho_other")
    assert (token.jkt != DEVICE.thumbprint) is (name == "jkt_other")


def test_the_good_token_says_what_its_claims_say() -> None:
    token = read_token(VECTORS["token"])
    assert isinstance(token, visit_token.VerifiedToken)
    assert (token.jti, token.jkt) == (VECTORS["jti"], VECTORS["device_jkt"])
    assert (token.staff, token.visit) == ("st_vector1", "vi_vector1")


def test_pyjwt_reads_the_same_claims() -> None:
    key = jwt.PyJWK(public("service_key"), algorithm="ES256")
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    claims = jwt.decode(
        VECTORS["token"], key, algorithms=["ES256"], audience="visit-verify", options=options
    )
    assert claims == VECTORS["claims"]


def test_thumbprints_and_proof_input_are_those_of_the_vectors() -> None:
    assert DEVICE.thumbprint == VECTORS["device_jkt"]
    assert jose_gate.thumbprint(VECTORS["service_key"]) == VECTORS["service_kid"]
    made = device_proof.proof_input(VECTORS["jti"], VECTORS["step"])
    assert made.decode() == VECTORS["proof_input"]


def test_building_a_parsed_code_gives_its_text() -> None:
    text = VECTORS["codes"]["good"]["text"]
    code = visit_code.parse(text, {ORIGIN})
    assert not isinstance(code, Refused)
    assert visit_code.build(ORIGIN, code.ref, code.step, code.signature) == text


@pytest.mark.parametrize(
    ("at", "accepted"), [(NOW, True), (1795003619, True), (1795003620, False), (1795003621, False)]
)
def test_expiry_has_no_leeway(at: int, *, accepted: bool) -> None:
    token = visit_token.verify(VECTORS["token"], RING, ORIGIN, at)
    assert isinstance(token, visit_token.VerifiedToken) is accepted


@pytest.mark.parametrize(("at", "accepted"), [(1794999690, True), (1794999689, False)])
def test_a_token_is_refused_before_its_time(at: int, *, accepted: bool) -> None:
    token = visit_token.verify(VECTORS["token"], RING, ORIGIN, at)
    assert isinstance(token, visit_token.VerifiedToken) is accepted


def test_of_all_one_character_changes_none_is_accepted() -> None:
    code, token = VECTORS["codes"]["good"]["text"], VECTORS["token"]
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        assert isinstance(read_token(token[:place] + other + token[place + 1 :]), Refused), place
    for place in range(len(code)):
        other = "7" if code[place] != "7" else "3"
        assert read_code(code[:place] + other + code[place + 1 :]) != "accepted", place


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}"))
def test_any_text_gives_a_refusal(text: str) -> None:
    assert isinstance(read_token(text), Refused)
    assert isinstance(visit_code.parse(text, {ORIGIN}), Refused)


@given(st.integers(min_value=0, max_value=10**203 - 1))
def test_any_digits_are_unrecognised(number: int) -> None:
    assert read_code(f"{ORIGIN}/v/{number:0203}") == "unrecognised"


@given(st.binary(min_size=84, max_size=84))
def test_any_bytes_of_the_right_tag_are_unrecognised(data: bytes) -> None:
    assert read_code(f"{ORIGIN}/v/{int.from_bytes(bytes([1]) + data)}") == "unrecognised"


@given(st.binary())
def test_any_bytes_as_json_give_an_object_or_nothing(data: bytes) -> None:
    found = jose_gate.parse_object(data)
    assert found is None or isinstance(found, dict)


@pytest.mark.parametrize("digits", ["", "1", "９" * 203, "1" * 202, "1" * 204, "0x" + "1" * 201])
def test_other_texts_behind_our_origin_are_refused(digits: str) -> None:
    assert visit_code.parse(f"{ORIGIN}/v/{digits}", {ORIGIN}) == Refused("shape")
