"""`/staff`: the visitor's screen, an installable page that works without signal."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from web.pages import LOCALES, TEMPLATES, render

router = APIRouter()
_STATIC: Final = Path(__file__).parent / "static"
_SHELL: Final = {"Cache-Control": "no-cache"}


def version_of(*folders: Path) -> str:
    """Return a digest of all that pages are made of, the version of the service worker.

    A browser asks for a worker anew only when a byte of it has changed. A cache of its own for each
    version keeps a phone from showing half of an update.
    """
    version = sha256()
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        version.update(path.name.encode() + b"\0" + path.read_bytes())
    return version.hexdigest()[:16]


_VERSION: Final = version_of(_STATIC, TEMPLATES, LOCALES)
_WORKER: Final = (_STATIC / "sw.js").read_text(encoding="utf-8").replace("MADE_OF", _VERSION)


@router.get("/staff")
async def show(request: Request) -> Response:
    """Show the app's shell; whose it is, its scripts ask the API."""
    page = render(request, "staff.html")
    page.headers.update(_SHELL | {"Menshen-Shell": _VERSION})
    return page


@router.get("/sw.js")
async def service_worker() -> Response:
    """Send the service worker from the root, so that its scope can be `/staff`."""
    return Response(_WORKER, media_type="text/javascript", headers=_SHELL)


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
