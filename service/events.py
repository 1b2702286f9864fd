"""Live events, for the screens of staff and fraud team that are open here and on other replicas."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Generic, Literal, TypeVar, cast

from pydantic import AwareDatetime

_WAITING: Final = 32  # events a slow screen may lag behind before it loses the oldest
TEAM: Final = "fraud"
"""What the fraud team's screens listen to: all of them hear the same."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a visitor's own screen shows at once; None means every member's."""

    kind: Literal["checked", "cancelled", "revoked"]
    at: AwareDatetime
    staff_id: str | None = None
    match_number: str | None = None


@dataclass(frozen=True, slots=True)
class TeamNews:
    """Something that the fraud team hears of at once; nothing in it is of a customer.

    `source` is where a watchlist entry was met; in a report, `report_id` says in which, for no
    sighting does. `area` is a coarse cell of the grid.
    """

    kind: Literal["report", "surge", "watchlist_hit"]
    at: AwareDatetime
    report_id: str | None = None
    severity: str | None = None
    entry_id: str | None = None
    source: Literal["check", "look_up", "report"] | None = None
    area: str | None = None


Happened = TypeVar("Happened", Event, TeamNews)
Outbox = asyncio.Queue[tuple[str, Event | TeamNews]]


@dataclass(slots=True)
class Broker(Generic[Happened]):
    """Hands an event about something to every screen that is listening to it."""

    outbox: Outbox | None = None
    """What other replicas are still to hear; None while there are none."""
    has_ended: bool = False
    """Set when the service stops: a screen that hears anything then ends without reading it."""
    _listening: defaultdict[str, set[asyncio.Queue[Happened]]] = field(
        default_factory=lambda: defaultdict(set)
    )

    def publish(self, topic: str, event: Happened) -> None:
        """Tell whoever listens now; nobody else will ever hear of it. Waits for nothing."""
        self.deliver(topic, event)
        if self.outbox is not None:
            _put(self.outbox, (topic, event))

    def deliver(self, topic: str, event: Happened) -> None:
        """Tell whoever listens in this process."""
        for events in self._listening.get(topic, ()):
            _put(events, event)

    def end(self) -> None:
        """Wake every screen, also one that comes later, to see that it `has_ended`."""
        self.has_ended = True
        for screens in self._listening.values():
            for events in screens:
                _wake(events)

    @contextmanager
    def listening(self, topic: str) -> Iterator[asyncio.Queue[Happened]]:
        """Collect the events of a visit, or of the team, while the block runs."""
        events: asyncio.Queue[Happened] = asyncio.Queue(_WAITING)
        self._listening[topic].add(events)
        if self.has_ended:
            _wake(events)
        try:
            yield events
        finally:
            self._listening[topic].discard(events)
            if not self._listening[topic]:
                del self._listening[topic]


_Item = TypeVar("_Item")


def _put(queue: asyncio.Queue[_Item], item: _Item) -> None:
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(item)


def _wake(queue: asyncio.Queue[_Item]) -> None:
    _put(queue, cast("_Item", None))  # nobody looks at it: who wakes looks at `has_ended` first
