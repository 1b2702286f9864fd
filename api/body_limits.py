"""Bodies are bounded in size and time before anything reads them, each call by its own measure."""

import asyncio
import re
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.problems import ForReader
from service.photo_files import LARGEST_BYTES


@dataclass(frozen=True, slots=True)
class Bound:
    """The most bytes that a body may have, and the seconds from its headers to its end."""

    size: int
    seconds: float


LARGEST: Final = 65_536
CODE_PHOTOS: Final = re.compile(r"/v1/verifications/image|/check/photo")
_USUAL: Final = Bound(LARGEST, 30)
_PHOTO: Final = Bound(LARGEST_BYTES, 120)
# Ten photos as phones make them; ten of 1 MB take 200 s at 400 kbit/s, and that may happen twice.
_REPORT: Final = Bound(50_000_000, 600)
# The code in the picture ages from the headers on (http contract); a field or two go along.
_CODE_PHOTO: Final = Bound(LARGEST_BYTES + LARGEST, 60)
_BOUNDS: Final = (
    ("PUT", re.compile(r"/v1/registry/staff/[^/]+/photo"), "", _PHOTO),
    (
        "POST",
        re.compile(
            r"/v1/reports(/[^/]+/additions)?|/v1/desk/reports|/report|/track/additions"
            r"|/console/desk/report"
        ),
        "multipart/form-data",
        _REPORT,
    ),
    ("POST", CODE_PHOTOS, "multipart/form-data", _CODE_PHOTO),
)
_TOO_LARGE: Final = "the body is too large"
_TOO_SLOW: Final = "the body took too long"
_PLAIN: Final = re.compile(r"(?:(?!charset).|charset=\"?utf-?8\"?(?=;|\s|$))*", re.DOTALL)
_CUT_OFF: Final = "the body ended early"
_CLOSE: Final = {"Connection": "close"}  # what is left of the body is nobody's next request


def bound_of(scope: Scope) -> Bound:
    """Return the bound of a request's body."""
    media_type = _media_type(scope)
    for method, path, prefix, bound in _BOUNDS:
        is_call = scope["method"] == method and path.fullmatch(scope["path"])
        if is_call and media_type.startswith(prefix):
            return bound
    return _USUAL


def _media_type(scope: Scope) -> str:
    found = (value for name, value in scope["headers"] if name == b"content-type")
    return next(found, b"").decode("latin-1").lower()


def _refusal(scope: Scope, bound: Bound) -> tuple[int, str, str] | None:
    """Return status, code and text for a request that nobody may read, or None."""
    if "\0" in scope["path"] or b"%00" in scope["query_string"]:
        return 422, "invalid", "an address holds no NUL"  # PostgreSQL refuses it, too
    types = [value for name, value in scope["headers"] if name == b"content-type"]
    # Two of them, and two readers may each believe another; a codec may raise or take minutes.
    media_type = _media_type(scope)
    if len(types) > 1 or ("charset" in media_type and not _PLAIN.fullmatch(media_type)):
        return 415, "unsupported_media", "one Content-Type, in UTF-8"
    announced = dict(scope["headers"]).get(b"content-length", b"0")
    if announced.isdigit() and int(announced[:19]) > bound.size:
        return 413, "too_large", _TOO_LARGE
    return None


class BodyLimit:
    """Plain ASGI middleware: refuses by Content-Length, else by counting, and by the clock."""

    def __init__(self, app: ASGIApp, for_reader: ForReader) -> None:
        """Wrap an application; a refusal is shown as its reader expects it."""
        self._app, self._for_reader = app, for_reader

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request whose body stays within its bound; else 413, or 408 when it is slow."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        bound = bound_of(scope)
        refusal = _refusal(scope, bound)
        if refusal is not None:
            request = Request(scope)
            answer = self._for_reader(request, problems.problem(request, *refusal), refusal[1])
            answer.headers.update(_CLOSE)
            await answer(scope, receive, send)
            return
        left, is_whole = bound.size, False
        deadline = asyncio.get_running_loop().time() + bound.seconds

        async def bounded() -> Message:
            nonlocal left, is_whole
            if is_whole:  # what follows is the client hanging up, whenever it likes
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(408, _TOO_SLOW, _CLOSE) from error
            if message["type"] == "http.disconnect":
                raise HTTPException(400, _CUT_OFF)
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413, _TOO_LARGE, _CLOSE)
            is_whole = not message.get("more_body", False)
            return message

        await self._app(scope, bounded, send)
