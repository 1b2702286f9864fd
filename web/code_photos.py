"""`/check/photo`: check a photo of the visitor's screen, without JavaScript."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from domain.errors import InvalidError, RateLimitedError
from service.code_photos import check_code_photo
from web.checks import show_form, show_later
from web.pages import runtime_of
from web.receipts import asker_with, keep

router = APIRouter()
_LONGEST_FIELD: Final = 1024


@router.post("/check/photo")
async def check(request: Request) -> Response:
    """Check the code in the photo and go to the answer; else say how to take a better one."""
    runtime = runtime_of(request)
    arrived_at = runtime.clock()  # the code is as old as it was when the headers arrived
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(415)
    async with request.form(max_files=1, max_fields=1, max_part_size=_LONGEST_FIELD) as form:
        image = form.get("image")
        # A browser sends an empty part for a field without a file.
        if not isinstance(image, UploadFile) or not image.filename:
            return show_form(request, missing="no_photo")
        asker, receipt = asker_with(request, runtime)
        try:
            await check_code_photo(runtime, image.file, asker, arrived_at)
        except InvalidError as error:
            return show_form(request, missing=error.code)
        except RateLimitedError as error:
            return show_later(request, error)
    response = RedirectResponse("/r", 303)
    keep(response, runtime, receipt)
    return response
