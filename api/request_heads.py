"""Request heads that end: bounds on their bytes and their time, which the parser has not.

One head without an end would be kept in memory, and parsed again and again, before any other check.
Bodies have bounds of their own (`api/body_limits.py`).
"""

import asyncio
from typing import Any, Final

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BYTES: Final = 65_536
MOST_SECONDS: Final = 20.0


class BoundedHeads(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it; a head too long gets 431, one too slow 408, and the end."""

    def __init__(self, *given: Any, **more: Any) -> None:  # noqa: ANN401 - whatever uvicorn gives
        """Bind what uvicorn gives."""
        super().__init__(*given, **more)
        self._is_in_head = True
        self._seen = 0
        self._until: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as theirs
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._await_head()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        """Read on, unless the head has become too long."""
        was_in_head = self._is_in_head
        super().data_received(data)
        if not self._is_in_head:  # nearly every head comes whole, and needs no clock
            return
        if self._until is None:
            self._await_head()
        if was_in_head:
            self._seen += len(data)
            if self._seen > MOST_BYTES:
                self._refuse(b"431 Request Header Fields Too Large")

    @override
    def on_message_begin(self) -> None:
        """Count anew, also on a connection that is used again."""
        super().on_message_begin()
        self._is_in_head, self._seen = True, 0

    @override
    def on_headers_complete(self) -> None:
        """Go on with the request."""
        self._is_in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def _await_head(self) -> None:
        self._until = self.loop.call_later(MOST_SECONDS, self._refuse, b"408 Request Timeout")

    def _stop_waiting(self) -> None:
        if self._until is not None:
            self._until.cancel()
            self._until = None

    def _refuse(self, status: bytes) -> None:
        self._stop_waiting()
        self.transport.write(
            b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        )
        self.transport.close()
