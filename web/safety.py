"""`/unsafe`: whom to call, and the way out; nothing else, so that it opens and reads at once."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from web.pages import render, runtime_of

router = APIRouter()


@router.get("/unsafe")
async def show(request: Request) -> Response:
    """Show two numbers to call and a link that leaves the page."""
    return render(request, "unsafe.html", exit_url=runtime_of(request).exit_url)
