"""`/agencies`: who works for us now."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.agencies import published
from web.pages import render, runtime_of

router = APIRouter()


@router.get("/agencies")
async def show(request: Request) -> Response:
    """Show the delegated agencies in contract now."""
    return render(request, "agencies.html", agencies=await published(runtime_of(request)))
