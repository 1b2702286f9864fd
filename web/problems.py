"""Error pages: whatever failed, they say what to do at the door. They need no database."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from web.pages import render as render_page


def render(request: Request, status: int, code: str) -> HTMLResponse:
    """Return the page for a status; `code` is the problem's."""
    return render_page(request, "problem.html", status, failure=status, code=code)
