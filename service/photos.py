"""Photos of staff: put by registry keepers, opened by whoever an answer gave a key."""

import asyncio
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from db.staff import Photo, find_staff
from db.units_of_work import reading, writing
from db.verifications import find_photo
from service import photo_files
from service.answers import make_photo_key
from service.runtime import Runtime

KEY_LIFETIME: Final = timedelta(minutes=15)
_ID: Final = re.compile(r"ve_[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class OpenedPhoto:
    """A photo's bytes, checked against the digest that was bound into the answer."""

    content: bytes
    media_type: str


async def put_photo(runtime: Runtime, staff_number: str, content: bytes) -> str:
    """Store a staff member's photo, encoded anew, and return its SHA-256 (hex).

    Tokens issued before bind the photo of that time, so they are refused from the next scan on.
    Raises InvalidError for what is no image and NotFoundError for an unknown number.
    """
    plain = await asyncio.to_thread(photo_files.normalise, content)
    name = await asyncio.to_thread(runtime.photos.write, plain)
    async with writing(runtime.engine) as session:
        member = await find_staff(session, staff_number)
        if await session.get(Photo, name) is None:
            now = runtime.clock()
            session.add(Photo(sha256=name, media_type=photo_files.MEDIA_TYPE, stored_at=now))
            await session.flush()
        member.photo_sha256 = name
        await session.commit()
    return name


async def open_photo(runtime: Runtime, key: str) -> OpenedPhoto | None:
    """Return the photo that a key opens, or None: unknown, 15 minutes old, or changed on disk."""
    answer_id = key.partition(".")[0]
    if not _ID.fullmatch(answer_id) or not _is_key(runtime, answer_id, key):
        return None
    since = runtime.clock() - KEY_LIFETIME
    async with reading(runtime.engine) as session:
        name = await find_photo(session, answer_id, since)
    return None if name is None else await _read(runtime, name)


async def open_staff_photo(runtime: Runtime, sha256: str) -> OpenedPhoto | None:
    """Return the photo of a digest (hex) that an answer named to the hotline desk, or None."""
    async with reading(runtime.engine) as session:
        is_known = await session.get(Photo, sha256) is not None
    return await _read(runtime, sha256) if is_known else None


async def _read(runtime: Runtime, name: str) -> OpenedPhoto | None:
    content = await asyncio.to_thread(runtime.photos.read, name)
    return None if content is None else OpenedPhoto(content, photo_files.MEDIA_TYPE)


def _is_key(runtime: Runtime, answer_id: str, key: str) -> bool:
    expected = make_photo_key(runtime.seal, answer_id)
    return hmac.compare_digest(key.encode(errors="replace"), expected.encode())
