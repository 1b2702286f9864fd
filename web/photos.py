"""`/photos/{key}`: the visitor's photo, for 15 minutes, for whoever got the answer."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from domain.errors import NotFoundError
from service.photos import open_photo
from web.pages import runtime_of

router = APIRouter()


@router.get("/photos/{key}")
async def show(request: Request, key: str) -> Response:
    """Send a photo."""
    photo = await open_photo(runtime_of(request), key)
    if photo is None:
        message = "no such photo"
        raise NotFoundError(message)
    headers = {"Cache-Control": "private, no-store"}
    return Response(photo.content, media_type=photo.media_type, headers=headers)
