"""Record before answering, together: concurrent checks share one commit.

One commit a request would cost a disk flush each.
"""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from db.batches import Batches
from db.sightings import SightingRow
from db.verifications import MOST, Inserts, Row, SightingMessage
from domain.errors import MenshenError


class NotRecordedError(MenshenError):
    """The check could not be recorded, so that there is no answer to it."""

    code: ClassVar[str] = "not_recorded"


class Odd(NamedTuple):
    """Something odd about a check, and what other systems hear of it if it is news."""

    sighting: SightingRow
    messages: Sequence[SightingMessage] = ()


_Check = tuple[Row, Sequence[Odd]]


class Recorder:
    """Writes verifications; `record` returns once its row is on disk."""

    def __init__(self, inserts: Inserts) -> None:
        """Bind where they are written."""
        self._inserts = inserts
        self._batches = Batches(self._write, MOST)

    async def record(self, row: Row, odd: Sequence[Odd] = ()) -> None:
        """Commit one verification (column -> value), with what was odd about it.

        Raises NotRecordedError when that failed.
        """
        try:
            await self._batches.ask((row, odd))
        except Exception as error:
            message = "the check could not be recorded; try again"
            raise NotRecordedError(message) from error

    async def _write(self, checks: Sequence[_Check]) -> Sequence[None]:
        rows = [row for row, _ in checks]
        odd = [one for _, found in checks for one in found]
        if odd:
            odd.sort(key=lambda one: one.sighting["once_hash"])
            messages = [message for one in odd for message in one.messages]
            await self._inserts.insert(rows, [one.sighting for one in odd], messages)
        else:
            await self._inserts.insert(rows)
        return [None] * len(checks)
