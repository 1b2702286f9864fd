"""The page after a report or an addition: for some minutes, however often it is loaded again.

It has an address of its own, so that a reload sends nothing twice and another language loses
nothing. The tracking code lies in this browser only, in a cookie that nobody but we can read.
"""

from datetime import datetime, timedelta
from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from service.sealing import UnsealableError
from verifiers import jose_gate
from web import cookies
from web.pages import runtime_of

_LIFETIME: Final = timedelta(minutes=15)
"""For a tracking code that is shown once, to be written down."""
_CONTEXT: Final = "report.sent"


def go_to_code(request: Request, page: str, code: str, lifetime: timedelta = _LIFETIME) -> Response:
    """Send the browser to a page that a report's tracking code opens."""
    runtime = runtime_of(request)
    until = runtime.clock() + lifetime
    sealed = runtime.seal.seal(f"{until.isoformat()} {code}".encode(), f"{_CONTEXT} {page}")
    response = RedirectResponse(page, 303)
    value = jose_gate.encode(sealed)
    cookies.give(response, runtime, _cookie(page), value, lifetime, samesite="strict")
    return response


def code_in(request: Request, page: str) -> str | None:
    """Return the code that a browser was sent to a page with, while it may be loaded again."""
    runtime = runtime_of(request)
    sealed = jose_gate.decode(request.cookies.get(cookies.full_name(runtime, _cookie(page)), ""))
    try:
        said = runtime.seal.unseal(sealed or b"", f"{_CONTEXT} {page}").decode()
    except UnsealableError:
        return None
    until, _, code = said.partition(" ")
    return code if runtime.clock() < datetime.fromisoformat(until) else None


def _cookie(page: str) -> str:
    """Return a page's own cookie, so that an addition does not end the page after the report."""
    return page.rpartition("/")[2]
