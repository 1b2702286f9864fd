"""Attempts spread out, and end."""

from datetime import timedelta

from domain.webhooks import MOST_ATTEMPTS, pause_after


def test_pauses_grow_to_half_a_day() -> None:
    pauses = [pause_after(number, 0.5) for number in range(1, MOST_ATTEMPTS)]
    assert pauses[:3] == [timedelta(seconds=10), timedelta(seconds=40), timedelta(seconds=160)]
    assert pauses[-1] == timedelta(hours=12)
    assert sum(pauses, timedelta()) > timedelta(days=1)


def test_chance_spreads_them() -> None:
    least, most = (pause_after(1, chance) for chance in (0.0, 1.0))
    assert (least, most) == (timedelta(seconds=5), timedelta(seconds=15))
