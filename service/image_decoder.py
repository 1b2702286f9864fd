"""Strangers' images are decoded in a process of their own, with little memory and little time.

A decoder that crashes, hangs or is taken over costs its request and nothing else: the process gets
open files to read, one pipe to write, and no secret, neither in its memory nor its environment.
"""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from pydantic import TypeAdapter, ValidationError

from domain.errors import InvalidError, OverloadedError
from service import image_process

WALL_SECONDS: Final = 60
CODE_SECONDS: Final = 10
_AT_ONCE: Final = 2  # processes of each job: a rush costs no more than that much memory
_MOST_WAITING: Final = 8  # a photo takes 0.1 s, the worst picture 2.5: nobody waits over 10 s
_LARGEST_RESULT: Final = 5_000_000  # noise of 2000 px makes 3 MB
_HOME: Final = Path(__file__).parents[1]
_CODES: Final = TypeAdapter(list[str])


class UnreadableImageError(InvalidError):
    """What was sent is no image that we read, or reading it took too much time or memory."""

    code = "unreadable_image"


@dataclass(slots=True)
class ImageDecoder:
    """Looks at images, one process a request, few processes at once; doors and reports apart."""

    _evidence: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _codes: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _waiting: int = 0

    async def decode(self, files: Sequence[BinaryIO]) -> list[bytes]:
        """Return each image encoded anew as WebP, upright, without metadata.

        The files must have descriptors. Raises InvalidError, naming the first image that is no
        sound JPEG, PNG or WebP of at most 25 megapixels, or that took too much time or memory.
        """
        if not files:
            return []
        async with self._evidence:
            made = await _run(image_process.EVIDENCE, files, WALL_SECONDS)
        if len(made) < len(files):
            message = (
                f"evidence {len(made) + 1} must be a sound JPEG, PNG or WebP"
                " of at most 25 megapixels"
            )
            raise InvalidError(message)
        return made

    async def read_codes(self, file: BinaryIO) -> list[str]:
        """Return the texts of the QR codes in an image, which must have a descriptor.

        Raises UnreadableImageError, and OverloadedError when too many wait for this already.
        """
        if self._waiting >= _MOST_WAITING:
            raise OverloadedError
        self._waiting += 1
        try:
            async with self._codes:
                made = await _run(image_process.CODES, [file], CODE_SECONDS)
        finally:
            self._waiting -= 1
        with suppress(ValidationError):  # not our list: the process was taken over
            for one in made:
                return _CODES.validate_json(one)
        message = "the picture must be a sound JPEG, PNG or WebP of at most 25 megapixels"
        raise UnreadableImageError(message)


async def _run(job: str, files: Sequence[BinaryIO], seconds: float) -> list[bytes]:
    """Return the results, fewer than files when the process stopped, crashed or hung."""
    descriptors = [file.fileno() for file in files]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        image_process.__name__,
        job,
        *map(str, descriptors),
        cwd=_HOME,
        env={},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        pass_fds=descriptors,
    )
    made: list[bytes] = []
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                with suppress(asyncio.IncompleteReadError):
                    await _read_into(made, process.stdout, len(files))
                await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    return made


async def _read_into(made: list[bytes], pipe: asyncio.StreamReader | None, count: int) -> None:
    while pipe is not None and len(made) < count:
        (length,) = image_process.LENGTH.unpack(await pipe.readexactly(image_process.LENGTH.size))
        if length > _LARGEST_RESULT:  # none of ours: the process was taken over
            return
        made.append(await pipe.readexactly(length))
