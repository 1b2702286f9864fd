"""Cells that no spreadsheet calculates, whatever is in them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.csv_files import make_inert
from tests.exports import FORMULAS

START = tuple("=+-@|%\t\r\n\uff1d\uff0b\uff0d\uff20")


def is_inert(cell: str) -> bool:
    seen = cell.strip().lstrip("\u200b\ufeff\u200e\u200f\u202e")
    return not seen.startswith(START) and not set(cell) & set("\r\n\t\0\u2028\u202e")


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_a_formula_is_a_text(text: str) -> None:
    assert is_inert(make_inert(text))


@pytest.mark.parametrize(
    "unseen",
    list("\u3164\u115f\uffa0\u2800\ufe0f\u034f\u17b4\u180b\U000e0100\u00ad"),
    ids=ascii,
)
def test_what_is_not_seen_hides_no_formula(unseen: str) -> None:
    assert make_inert(f"{unseen}=1+1") == f"'{unseen}=1+1"


@given(st.text())
def test_any_text_is_inert_and_whole(text: str) -> None:
    cell = make_inert(text)
    assert is_inert(cell)
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow([cell])
    assert next(csv.reader(io.StringIO(line.getvalue(), newline=""))) == [cell]


@pytest.mark.parametrize("text", ["王大明", "a=b", "1-2", "", "O'Brien", "ABC-1234", "a'"])
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert make_inert(text) == text


def test_taking_one_apostrophe_away_gives_it_back() -> None:
    for text in ("'quoted", "''", "=1", "+886912345678"):
        assert make_inert(text) == f"'{text}"
