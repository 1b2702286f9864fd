"""Where to report a weakness (RFC 9116)."""

from datetime import timedelta
from typing import Final

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from api.runtimes import Running
from domain.errors import NotFoundError

router = APIRouter(tags=["security"])
_VALID_FOR: Final = timedelta(days=180)  # section 2.5.5: less than a year


@router.get("/.well-known/security.txt", response_class=PlainTextResponse)
async def published(runtime: Running) -> PlainTextResponse:
    """Tell whom to write to; 404 unless one is set."""
    if runtime.security_contact is None:
        message = "no contact is set"
        raise NotFoundError(message)
    expires = runtime.clock() + _VALID_FOR
    return PlainTextResponse(
        f"Contact: {runtime.security_contact}\n"
        f"Expires: {expires:%Y-%m-%dT00:00:00Z}\n"
        "Preferred-Languages: zh-Hant, zh-Hans, en\n"
        f"Canonical: {runtime.public_url}/.well-known/security.txt\n"
    )
