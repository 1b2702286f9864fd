"""What is sealed opens only with the same key in the same place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.randomness import system_randomness
from service.sealing import Seal, UnsealableError

SEAL = Seal.under(bytes(32), system_randomness)
OTHER = Seal.under(bytes(31) + b"\1", system_randomness)


@given(st.binary(), st.text(st.characters(codec="utf-8")))
def test_what_is_sealed_opens(plain: bytes, context: str) -> None:
    sealed = SEAL.seal(plain, context)
    assert SEAL.unseal(sealed, context) == plain
    assert len(plain) < 4 or plain not in sealed


def test_the_same_text_never_seals_alike() -> None:
    assert SEAL.seal(b"0912345678", "visit") != SEAL.seal(b"0912345678", "visit")


def test_every_changed_byte_is_noticed() -> None:
    sealed = SEAL.seal(b"0912345678", "visit.phone v1")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(UnsealableError):
            SEAL.unseal(changed, "visit.phone v1")


@pytest.mark.parametrize("sealed", [b"", bytes(11), bytes(12), bytes(28)])
def test_other_bytes_do_not_open(sealed: bytes) -> None:
    with pytest.raises(UnsealableError):
        SEAL.unseal(sealed, "visit")


def test_a_value_moved_to_another_row_or_key_does_not_open() -> None:
    sealed = SEAL.seal(b"0912345678", "visit.phone v1")
    with pytest.raises(UnsealableError):
        SEAL.unseal(sealed, "visit.phone v2")
    with pytest.raises(UnsealableError):
        OTHER.unseal(sealed, "visit.phone v1")


def test_look_ups_differ_by_key_and_context() -> None:
    found = SEAL.find("0912345678", "phone")
    assert found == SEAL.find("0912345678", "phone")
    assert found not in (OTHER.find("0912345678", "phone"), SEAL.find("0912345678", "ref"))


def test_a_short_key_is_no_key_and_no_key_is_printed() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Seal.under(b"short", system_randomness)
    assert repr(SEAL) == "Seal()"
