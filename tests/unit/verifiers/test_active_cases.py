"""Which cases are asked about a report to which nothing else leads."""

from verifiers.active_cases import (
    ACTIVE,
    Active,
    likeliest,
)

DAY = 86_400.0


def case(name: str = "one", size: int = 10, first: float = 0.0, last: float = 20.0) -> Active:
    return Active(name, size, first * DAY, last * DAY)


def test_the_busiest_are_asked_first_and_not_more_than_so_many() -> None:
    busy, calm = case("busy", 40), case("calm", 10)
    silent = case("silent", 40, -13, 7)
    assert likeliest([silent, calm, busy], 10 * DAY) == ["busy", "silent", "calm"]
    many = [case(f"c{at}", 10 + at) for at in range(ACTIVE + 5)]
    assert likeliest(many, 10 * DAY) == [f"c{at}" for at in range(ACTIVE + 4, 4, -1)]
    at_once = case("at once", 4, 5, 5)
    assert likeliest([at_once], 5 * DAY) == ["at once"]
