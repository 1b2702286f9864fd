"""Which reports say the same again: nearly the same words, one visit, and nothing that happens."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.services import NOON
from verifiers.repeats import Told, is_repeated
from verifiers.risk import Place

TEXT = "amanwithagreybadgewantedcashandsaidmyloanwasoverdue"
TOLD = Told(TEXT, NOON, "1harbourroad", Place(25.0, 121.5), has_facts=True)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"text": TEXT + "."},
        {"text": TEXT.replace("grey", "gray")},
        {"occurred_at": NOON + timedelta(minutes=30)},
        {"place": Place(25.0026, 121.5)},  # 289 m
        {"place": None},
        {"place": None, "place_text": None},
        {"has_facts": False},
    ],
    ids=str,
)
def test_a_retry_is_repeated(change: dict[str, object]) -> None:
    assert is_repeated(replace(TOLD, **change), TOLD)  # type: ignore[arg-type] # as the cases say


@pytest.mark.parametrize(
    "change",
    [
        {"text": TEXT.replace("cash", "asignature").replace("loan", "card")},
        {"text": TEXT[:25]},
        {"occurred_at": NOON + timedelta(minutes=31)},
        {"occurred_at": NOON - timedelta(minutes=31)},
        {"place": Place(25.0028, 121.5)},  # 311 m
        {"place": None, "place_text": "9mountainlane"},
        {"has_facts": False, "place": None, "place_text": None, "text": TEXT + "."},
        {
            "has_facts": False,
            "place": None,
            "place_text": None,
            "occurred_at": NOON + timedelta(minutes=1),
        },
    ],
    ids=str,
)
def test_another_visit_is_not(change: dict[str, object]) -> None:
    assert not is_repeated(replace(TOLD, **change), TOLD)  # type: ignore[arg-type] # as above


def test_strangers_write_the_same_few_words() -> None:
    bare = Told("hewantedcash", NOON, None, None, has_facts=False)
    assert not is_repeated(bare, bare)
    assert is_repeated(replace(bare, has_facts=True), replace(bare, has_facts=True))
    long = replace(bare, text=TEXT)
    assert is_repeated(long, long)


def test_a_short_text_differs_by_one_character() -> None:
    assert not is_repeated(replace(TOLD, text="room1901"), replace(TOLD, text="room1902"))
