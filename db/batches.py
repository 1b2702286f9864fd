"""Do together what is asked for at the same time: a batch is whatever waits when the last ends.

One round trip to the database, or one flush of its disk, then serves many; without a timer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


class Batches(Generic[Asked, Answered]):
    """Hands what is asked, at most `most` at a time, to `work`, which answers in order."""

    def __init__(
        self, work: Callable[[Sequence[Asked]], Awaitable[Sequence[Answered]]], most: int
    ) -> None:
        """Bind the work; when it fails for a batch it is done again one by one."""
        self._work, self._most = work, most
        self._waiting: list[tuple[Asked, asyncio.Future[Answered]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Answered:
        """Return the answer to one; raises what `work` raised for it alone."""
        answered: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answered))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._run())
        return await answered

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                answers = await self._work([asked for asked, _ in batch])
            except Exception:  # noqa: BLE001 - whatever it is, nobody may wait for ever
                await self._run_singly(batch)
            else:
                for (_, answered), answer in zip(batch, answers, strict=True):
                    if not answered.done():  # its asker hung up; the others still wait
                        answered.set_result(answer)

    async def _run_singly(self, batch: list[tuple[Asked, asyncio.Future[Answered]]]) -> None:
        # One that fails must not cost the others their answer.
        for asked, answered in batch:
            try:
                (answer,) = await self._work([asked])
            except Exception as error:  # noqa: BLE001 - as above
                if not answered.done():
                    answered.set_exception(error)
            else:
                if not answered.done():
                    answered.set_result(answer)
