"""What is one too many is handed back with when it will be taken: nobody writes it twice."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import datetime, timedelta

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser

from domain.errors import RateLimitedError
from service import reports
from service.evidence import MOST_EVIDENCE
from web.pages import runtime_of
from web.report_forms import LONGEST_FIELD, MOST_FIELDS, address_of

_MINUTE = timedelta(minutes=1)


class _EnoughError(Exception):
    """What is needed of a body has been read."""


async def count_report(request: Request) -> RateLimitedError | None:
    """Count a report before its form is read; return the refusal if it is one too many."""
    try:
        await reports.admit(runtime_of(request), address_of(request))
    except RateLimitedError as error:
        return error
    return None


@asynccontextmanager
async def form_of(request: Request, refused: RateLimitedError | None) -> AsyncIterator[FormData]:
    """Open the form of a report, of one that is refused only the words that stand before photos.

    Words cost little to read and much to write again; photos are the other way round.
    """
    kind = request.headers.get("content-type", "").lower()
    is_multipart = kind.startswith("multipart/form-data")
    if refused is not None and is_multipart:
        yield await _read_beginning(request)
        return
    async with request.form(
        max_files=MOST_EVIDENCE, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD
    ) as form:
        yield form


async def _read_beginning(request: Request) -> FormData:
    """Return the fields that are whole within as many bytes as words have at most."""
    parser = MultiPartParser(
        request.headers,
        _beginning_of(request),
        max_files=MOST_EVIDENCE,
        max_fields=MOST_FIELDS,
        max_part_size=LONGEST_FIELD,
    )
    with suppress(_EnoughError, MultiPartException):
        await parser.parse()
    return FormData([one for one in parser.items if isinstance(one[1], str)])


async def _beginning_of(request: Request) -> AsyncGenerator[bytes, None]:
    left = LONGEST_FIELD
    async with aclosing(request.stream()) as chunks:
        async for chunk in chunks:
            yield chunk[:left]
            left -= len(chunk)
            if left <= 0:
                break
    raise _EnoughError  # so that the parser closes the file of a photo that was cut off


def free_at(request: Request, seconds: int) -> datetime:
    """Return from when on there is room again: a whole minute, for pages show no seconds."""
    at = runtime_of(request).clock() + timedelta(seconds=seconds)
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + _MINUTE


def put_off(response: Response, error: RateLimitedError) -> Response:
    """Have a page that hands something back say so to programs, too."""
    response.status_code = 429
    response.headers["Retry-After"] = str(error.retry_after)
    return response
