"""The public keys of visit tokens (RFC 7517)."""

from fastapi import APIRouter, Response

from api.runtimes import Running
from service import signing_keys

router = APIRouter(tags=["keys"])


@router.get("/.well-known/jwks.json")
async def published(runtime: Running, response: Response) -> dict[str, list[dict[str, str]]]:
    """List pending, active and retiring public keys."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return await signing_keys.published(runtime.engine)
