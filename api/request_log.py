"""A request id for every request, and one JSON line in the log.

The line names the route's template, never the path or query: codes, references and phone numbers
stay out of logs (threat 25), and a newline in a path cannot forge a line.
"""

import itertools
import json
import sys
import time
from collections.abc import Callable
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import EventDict

from domain.randomness import Randomness
from service.faults import describe

_LOG: Final = structlog.get_logger()
_ENCODER: Final = json.JSONEncoder(ensure_ascii=True, default=repr)
"""Made once: `json.dumps` with any option of its own makes one for every line."""


def _encode(event: EventDict, **_options: object) -> str:
    return _ENCODER.encode(event)


def configure() -> None:
    """Write JSON lines to stderr."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.JSONRenderer(serializer=_encode),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def fault(scope: Scope, error: Exception) -> None:
    """Log what went wrong by its kind and place, without the values that it was about."""
    _LOG.error("fault", request_id=scope.get("request_id"), **describe(error))


AnswerFault = Callable[[Request], Response]


class RequestLog:
    """Plain ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, randomness: Randomness, answer_fault: AnswerFault) -> None:
        """Wrap an application; whatever it fails to handle gets `answer_fault`'s answer."""
        self._app, self._answer_fault = app, answer_fault
        process = randomness(6).hex()  # numbers of two processes never meet in one log
        self._numbers = (f"{process}-{number:x}" for number in itertools.count(1))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request under a number of its own, and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = next(self._numbers)
        scope["request_id"] = request_id
        started, status = time.perf_counter(), 0

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        try:
            await self._app(scope, receive, numbered)
        except Exception as error:
            fault(scope, error)
            if status:  # half an answer is out; only closing the connection can say so
                raise
            await self._answer_fault(Request(scope))(scope, receive, numbered)
        finally:
            route = scope.get("route")
            _LOG.info(
                "request",
                request_id=request_id,
                method=scope["method"],
                route=getattr(route, "path", None),
                status=status,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )
