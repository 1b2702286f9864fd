"""An antivirus looks at what strangers send: clamd's INSTREAM, over TCP or a socket of this host.

https://docs.clamav.net/manual/Usage/Scanning.html#clamd: `zINSTREAM`, chunks each after its length
(four bytes, network order), an empty one; the answer is `stream: OK` or `stream: NAME FOUND`.
"""

import asyncio
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from domain.errors import InfectedError, NotScannedError

SECONDS: Final = 30  # for one file, connection included
_CHUNK: Final = 64 * 1024
_LENGTH: Final = struct.Struct("!L")
_LONGEST_ANSWER: Final = 4_096
_BROKEN: Final = (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError)


@dataclass(frozen=True, slots=True)
class Antivirus:
    """A clamd at `tcp://HOST:PORT` or `unix:///PATH`; what it did not call clean is refused."""

    address: str

    async def scan(self, files: Sequence[BinaryIO]) -> None:
        """Have every file looked at; raises InfectedError and NotScannedError."""
        for number, file in enumerate(files, 1):
            try:
                async with asyncio.timeout(SECONDS):
                    answer = await self._ask(file)
            except _BROKEN as error:
                raise NotScannedError from error
            if answer.endswith(b" FOUND"):
                message = f"evidence {number} holds malware"
                raise InfectedError(message)
            if answer != b"stream: OK":
                raise NotScannedError

    async def _ask(self, file: BinaryIO) -> bytes:
        reader, writer = await self._open()
        try:
            writer.write(b"zINSTREAM\0")
            file.seek(0)
            while chunk := await asyncio.to_thread(file.read, _CHUNK):
                writer.write(_LENGTH.pack(len(chunk)) + chunk)
                await writer.drain()
            writer.write(_LENGTH.pack(0))
            await writer.drain()
            return (await reader.readuntil(b"\0"))[:-1]
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        where = urlsplit(self.address)
        if where.scheme == "unix":
            return await asyncio.open_unix_connection(where.path, limit=_LONGEST_ANSWER)
        return await asyncio.open_connection(where.hostname, where.port, limit=_LONGEST_ANSWER)
