"""Record before answering, together: a batch is whatever waits when the last commit ends.

One commit a request would cost a disk flush each; concurrent requests share one, without a timer.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncEngine

from db.verifications import Verification, insert_all
from domain.errors import MenshenError

Row = dict[str, Any]


class NotRecordedError(MenshenError):
    """The check could not be recorded, so that there is no answer to it."""

    code: ClassVar[str] = "not_recorded"


@dataclass(slots=True)
class Recorder:
    """Writes verifications; `record` returns once its row is on disk."""

    engine: AsyncEngine
    _waiting: list[tuple[Row, asyncio.Future[None]]] = field(default_factory=list)
    _writer: asyncio.Task[None] | None = None

    async def record(self, verification: Verification) -> None:
        """Commit one verification; raises NotRecordedError when that failed."""
        recorded = asyncio.get_running_loop().create_future()
        self._waiting.append((verification.model_dump(), recorded))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        # A caller that hangs up does not take the others' batch with it.
        await asyncio.shield(recorded)

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await insert_all(self.engine, [row for row, _ in batch])
            except Exception:  # noqa: BLE001 - whatever it is, nobody may wait for ever
                await self._write_singly(batch)
            else:
                for _, recorded in batch:
                    recorded.set_result(None)

    async def _write_singly(self, batch: list[tuple[Row, asyncio.Future[None]]]) -> None:
        # One bad row must not cost the others their answer.
        for row, recorded in batch:
            try:
                await insert_all(self.engine, [row])
            except Exception as error:  # noqa: BLE001 - as above; the cause goes along
                failed = NotRecordedError("the check could not be recorded; try again")
                failed.__cause__ = error
                recorded.set_exception(failed)
            else:
                recorded.set_result(None)
