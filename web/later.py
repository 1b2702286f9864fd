"""What is one too many is handed back with when it will be taken: nobody writes it twice."""

from datetime import datetime, timedelta

from fastapi import Request
from fastapi.responses import Response

from domain.errors import RateLimitedError
from service import reports
from web.pages import runtime_of
from web.report_forms import LONGEST_FIELD, address_of

_MINUTE = timedelta(minutes=1)


async def count_report(request: Request) -> RateLimitedError | None:
    """Count a report before its form is read; return the refusal when its words can be handed back.

    Raises RateLimitedError for a form with photos: that would cost too much to read.
    """
    try:
        await reports.admit(runtime_of(request), address_of(request))
    except RateLimitedError as error:
        if not _is_short(request):
            raise
        return error
    return None


def _is_short(request: Request) -> bool:
    """Tell whether a form is words only, which cost little to read and much to write again."""
    length = request.headers.get("content-length", "")
    return length.isdecimal() and int(length) <= LONGEST_FIELD


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
