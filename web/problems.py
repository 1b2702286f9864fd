"""Error pages: whatever failed, they say what to do at the door. They need no database."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from web.later import free_at
from web.pages import render as render_page


def render(request: Request, status: int, code: str, wait: int | None = None) -> HTMLResponse:
    """Return the page for a status; `code` is the problem's, `wait` the seconds until a retry."""
    until = None if wait is None else free_at(request, wait)
    return render_page(request, "problem.html", status, failure=status, code=code, until=until)
