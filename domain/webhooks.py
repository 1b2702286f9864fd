"""The vocabulary of webhooks: what the bank's other systems are told, and how a telling fares."""

from datetime import timedelta
from enum import StrEnum
from typing import Final


class WebhookEvent(StrEnum):
    """What happened."""

    REPORT_RECEIVED = "report.received"
    REPORT_STATUS_CHANGED = "report.status_changed"
    WATCHLIST_HIT = "watchlist.hit"
    SURGE = "surge"
    CASE_CHANGED = "case.changed"
    TEST = "webhook.test"


class DeliveryState(StrEnum):
    """Where a message to one receiver stands; `dead` ones wait for `redeliver`."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


MOST_ATTEMPTS: Final = 9
_FIRST_PAUSE: Final = timedelta(seconds=10)
_GROWTH: Final = 4.0
_LONGEST_PAUSE: Final = timedelta(hours=12)


def pause_after(attempts: int, chance: float) -> timedelta:
    """Return how long to wait after so many failed attempts.

    10 s, 40 s, 160 s, ... and at most 12 hours, each times 0.5 to 1.5 by `chance` (0 to 1), so
    that receivers that failed together are not all tried again together. Nine attempts span more
    than a day.
    """
    pause = min(_FIRST_PAUSE * _GROWTH ** (attempts - 1), _LONGEST_PAUSE)
    return pause * (0.5 + chance)
