"""Record before answering, together: concurrent checks share one commit.

One commit a request would cost a disk flush each.
"""

from collections.abc import Sequence
from typing import ClassVar

from db.batches import Batches
from db.sightings import SightingRow
from db.verifications import MOST, Inserts, Row
from domain.errors import MenshenError


class NotRecordedError(MenshenError):
    """The check could not be recorded, so that there is no answer to it."""

    code: ClassVar[str] = "not_recorded"


_Check = tuple[Row, Sequence[SightingRow]]


class Recorder:
    """Writes verifications; `record` returns once its row is on disk."""

    def __init__(self, inserts: Inserts) -> None:
        """Bind where they are written."""
        self._inserts = inserts
        self._batches = Batches(self._write, MOST)

    async def record(self, row: Row, sightings: Sequence[SightingRow] = ()) -> None:
        """Commit one verification (column -> value), with what was odd about it.

        Raises NotRecordedError when that failed.
        """
        try:
            await self._batches.ask((row, sightings))
        except Exception as error:
            message = "the check could not be recorded; try again"
            raise NotRecordedError(message) from error

    async def _write(self, checks: Sequence[_Check]) -> Sequence[None]:
        odd = [one for _, sightings in checks for one in sightings]
        odd.sort(key=lambda one: one["once_hash"])
        await self._inserts.insert([row for row, _ in checks], odd)
        return [None] * len(checks)
