"""`/staff`: the visitor's screen, an installable page that works without signal."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from web.pages import render

router = APIRouter()
_STATIC: Final = Path(__file__).parent / "static"
_SHELL: Final = {"Cache-Control": "no-cache"}


@router.get("/staff")
async def show(request: Request) -> Response:
    """Show the app's shell; whose it is, its scripts ask the API."""
    page = render(request, "staff.html")
    page.headers.update(_SHELL)
    return page


@router.get("/sw.js")
async def service_worker() -> Response:
    """Send the service worker from the root, so that its scope can be `/staff`."""
    return FileResponse(_STATIC / "sw.js", media_type="text/javascript", headers=_SHELL)


@router.get("/manifest.webmanifest")
async def manifest() -> Response:
    """Describe the installable app."""
    icons = [
        {
            "src": f"/static/icon-{side}.png",
            "sizes": f"{side}x{side}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for side in (192, 512)
    ]
    body = {
        "name": "Menshen",
        "short_name": "Menshen",
        "start_url": "/staff",
        "scope": "/staff",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b4a6f",
        "icons": icons,
    }
    return JSONResponse(body, media_type="application/manifest+json", headers=_SHELL)
