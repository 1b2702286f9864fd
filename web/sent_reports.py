"""The page after a report: its tracking code for 15 minutes, however often it is loaded again.

It has an address of its own, so that a reload sends nothing twice and another language loses
nothing. The code lies in this browser only, in a cookie that nobody but we can read.
"""

from datetime import datetime, timedelta
from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from service.runtime import Runtime
from service.sealing import UnsealableError
from verifiers import jose_gate
from web.pages import runtime_of

_LIFETIME: Final = timedelta(minutes=15)
_CONTEXT: Final = "report.sent"


def go_to_code(request: Request, page: str, code: str) -> Response:
    """Send the browser to a page that shows a report's tracking code."""
    runtime = runtime_of(request)
    until = runtime.clock() + _LIFETIME
    sealed = runtime.seal.seal(f"{until.isoformat()} {code}".encode(), f"{_CONTEXT} {page}")
    response = RedirectResponse(page, 303)
    response.set_cookie(
        _cookie_name(runtime),
        jose_gate.encode(sealed),
        max_age=int(_LIFETIME.total_seconds()),
        path="/",
        secure=runtime.is_https,
        httponly=True,
        samesite="strict",
    )
    return response


def code_in(request: Request, page: str) -> str | None:
    """Return the tracking code that this browser was sent to a page with, for 15 minutes."""
    runtime = runtime_of(request)
    sealed = jose_gate.decode(request.cookies.get(_cookie_name(runtime), ""))
    try:
        said = runtime.seal.unseal(sealed or b"", f"{_CONTEXT} {page}").decode()
    except UnsealableError:
        return None
    until, _, code = said.partition(" ")
    return code if runtime.clock() < datetime.fromisoformat(until) else None


def _cookie_name(runtime: Runtime) -> str:
    return "__Host-sent" if runtime.is_https else "sent"
