"""Error pages: whatever failed, they say what to do at the door. They need no database."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from web.console import find_caller, render_console
from web.later import free_at
from web.pages import render as render_page


def render(request: Request, status: int, code: str, wait: int | None = None) -> HTMLResponse:
    """Return the page for a status; `code` is the problem's, `wait` the seconds until a retry."""
    shown = {
        "failure": status,
        "code": code,
        "until": None if wait is None else free_at(request, wait),
    }
    caller = find_caller(request) if request.url.path.startswith("/console") else None
    if caller is not None:
        return render_console(request, caller, "problem.html", status, **shown)
    return render_page(request, "problem.html", status, **shown, caller=None)
