"""What of a report takes part in linking."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.links import KeyKind
from verifiers.indicators import Claims
from verifiers.risk import Place
from verifiers.traits import read_traits

AT = datetime(2026, 11, 24, tzinfo=UTC)


def test_a_report_is_found_by_what_it_tells() -> None:
    claims = Claims(
        name="陳志明",
        badge_number="B-0001O",
        agency="海港資產股份有限公司",
        phone="0912 345 678",
        plate="abc 1234",
        payee="822-000123456789",
        url="https://Pay.Example.test/x",
        organisation="海港銀行",
    )
    words = "他說 loan papers 要核對"
    traits = read_traits("r", AT, Place(25.03, 121.56), claims, words, frozenset(), "TW")
    keys = dict(traits.found_by())
    assert set(keys) == set(KeyKind)
    assert keys[KeyKind.BADGE] == "800010"
    assert keys[KeyKind.PHONE] == "+886912345678"
    assert keys[KeyKind.PLATE] == "ABC1234"
    assert traits.agency == "海港资产"
    assert {"loan", "papers", "要核", "核对"} <= traits.words


def test_a_report_that_tells_nothing_is_found_by_nothing() -> None:
    # A surname is everybody's, and four characters are the least that identifies.
    claims = Claims(name="陳先生", badge_number="1", agency="海港")
    traits = read_traits("r", AT, None, claims, "", frozenset(), "TW")
    assert list(traits.found_by()) == []


@pytest.mark.parametrize(
    ("words", "script"),
    [
        ("He said Mr 陳先生 owed the bank money and wanted cash", "latin"),
        ("他說是 bank 的人要我在文件上簽名", "chinese"),
        ("cash 現金", None),
    ],
)
def test_a_text_is_in_the_script_that_most_of_it_is_in(words: str, script: str | None) -> None:
    traits = read_traits("r", AT, None, Claims(), words, frozenset(), "TW")
    # The order of a set differs from one process to the next, so any word may be its first.
    for one in traits.words:
        ordered: Any = dict.fromkeys([one, *traits.words]).keys()
        assert replace(traits, words=ordered).script == script
