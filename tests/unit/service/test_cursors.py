"""A cursor says where a list goes on, and what the list was asked when it began."""

from datetime import timedelta

import pytest

from domain.errors import InvalidError
from service.cursors import read_cursor, read_since, write_cursor
from tests.services import NOON
from verifiers import jose_gate


def test_a_cursor_keeps_the_moment_that_goes_with_the_list() -> None:
    looked = NOON - timedelta(days=1)
    cursor = write_cursor(NOON, "rp_1", looked)
    assert read_cursor(cursor) == (NOON, "rp_1")
    assert read_since(cursor) == looked
    assert read_since(write_cursor(NOON, "rp_1", None)) is None


@pytest.mark.parametrize(
    "cursor",
    [
        "odd",
        write_cursor(NOON, "rp_1"),
        *(
            jose_gate.encode(f'["{NOON.isoformat()}", "rp_1", {since}]'.encode())
            for since in ('"soon"', "1", "{}", "null, null")
        ),
    ],
)
def test_a_cursor_of_another_list_says_nothing_of_it(cursor: str) -> None:
    with pytest.raises(InvalidError):
        read_since(cursor)
