"""Beyond a bounded number of checks at once, the rest is told at once to come again (threat 16).

A flood then costs honest clients a 503 that says when to try again, and never memory or minutes.
Only checks are shed: health, staff and the desk go on.
"""

import asyncio
import re
from collections import deque
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.body_limits import CODE_PHOTOS
from api.problems import ForReader
from domain.errors import OverloadedError


@dataclass(slots=True)
class Gate:
    """How many requests of a kind are under way, and how many may be."""

    calls: tuple[tuple[str, re.Pattern[str]], ...]
    most: int
    counts_uploads: bool
    under_way: int = 0


MOST_CHECKS: Final = 128
"""One core answers that many in a tenth of a second; more would only wait."""
MOST_PHOTOS: Final = 64
"""Uploads of 10 MB at most lie on the disk until they are read."""
MOST_REFUSED: Final = 8
"""Refusals between two turns of what was let in: a commit takes ten turns, and with 600 refusals
in each of them it took seconds."""


class LoadShedding:
    """Plain ASGI middleware inside of the body limit, which bounds what is awaited here."""

    def __init__(self, app: ASGIApp, for_reader: ForReader) -> None:
        """Wrap an application; a refusal is shown as its reader expects it."""
        self._app, self._for_reader = app, for_reader
        self._refused = 0  # in this turn of the event loop
        self._refusals: deque[asyncio.Future[None]] = deque()
        checks = (
            ("POST", re.compile(r"/v1/verifications|/check")),
            ("GET", re.compile(r"/v/.*", re.DOTALL)),
        )
        self._gates = (
            Gate(checks, MOST_CHECKS, counts_uploads=False),
            Gate((("POST", CODE_PHOTOS),), MOST_PHOTOS, counts_uploads=True),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request if its kind has room; else answer at once."""
        gate = self._gate_of(scope)
        if gate is None:
            await self._app(scope, receive, send)
            return
        if not gate.counts_uploads:  # who sends slowly keeps nobody else out
            receive = await _whole(receive)
        if gate.under_way >= gate.most:
            await self._my_turn()
            request, error = Request(scope), OverloadedError()
            problem = problems.refused(request, error)
            await self._for_reader(request, problem, error.code)(scope, receive, send)
            return
        gate.under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            gate.under_way -= 1

    async def _my_turn(self) -> None:
        """Wait until few enough are refused in this turn of the event loop."""
        loop = asyncio.get_running_loop()
        if self._refused == 0:
            loop.call_soon(self._begin_turn)
        self._refused += 1
        if self._refused > MOST_REFUSED:
            turn: asyncio.Future[None] = loop.create_future()
            self._refusals.append(turn)
            await turn

    def _begin_turn(self) -> None:
        self._refused = 0
        while self._refusals and self._refused < MOST_REFUSED:
            turn = self._refusals.popleft()
            if not turn.done():  # who hung up waits no more
                turn.set_result(None)
                self._refused += 1
        if self._refused:
            asyncio.get_running_loop().call_soon(self._begin_turn)

    def _gate_of(self, scope: Scope) -> Gate | None:
        if scope["type"] != "http":
            return None
        for gate in self._gates:
            for method, path in gate.calls:
                if scope["method"] == method and path.fullmatch(scope["path"]):
                    return gate
        return None


async def _whole(receive: Receive) -> Receive:
    """Wait for the whole body and return what replays it, or the body limit's refusal."""
    messages: list[Message] = []
    refusal: HTTPException | None = None
    try:
        while not messages or messages[-1].get("more_body", False):
            messages.append(await receive())
    except HTTPException as error:
        refusal = error
    replayed = iter(messages)

    async def replay() -> Message:
        message = next(replayed, None)
        if message is not None:
            return message
        if refusal is not None:
            raise refusal
        return await receive()

    return replay
