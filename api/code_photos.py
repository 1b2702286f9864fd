"""`POST /v1/verifications/image`: the customer's question, asked by a photo of the code."""

from typing import Annotated, Final, Self

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError, model_validator
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from api.runtimes import Running, asker_of
from api.verifications import VerificationResponse, present
from api.wire import Text, Wire
from domain.errors import InvalidError
from domain.languages import match, negotiate
from service.code_photos import check_code_photo
from verifiers.risk import Place

router = APIRouter(tags=["customer"])
_LONGEST_FIELD: Final = 16_384  # bytes of 4,096 characters
_BODY: Final = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["image"],
                "additionalProperties": False,
                "properties": {
                    "image": {"type": "string", "format": "binary"},
                    "notice_code": {"type": "string", "maxLength": 4096},
                    "language": {"type": "string", "maxLength": 4096},
                    "latitude": {"type": "number", "minimum": -90, "maximum": 90},
                    "longitude": {"type": "number", "minimum": -180, "maximum": 180},
                    "accuracy_m": {"type": "number", "minimum": 0},
                },
            },
            "encoding": {"image": {"contentType": "image/jpeg, image/png, image/webp"}},
        }
    },
}


class CodePhotoRequest(Wire):
    """What may stand beside the image: the same as beside a visit code."""

    notice_code: Text | None = None
    language: Text | None = None
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    accuracy_m: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            message = "latitude and longitude belong together"
            raise ValueError(message)
        return self

    @property
    def place(self) -> Place | None:
        """Where the customer is, if that was given."""
        if self.latitude is None or self.longitude is None:
            return None
        return Place(self.latitude, self.longitude)


@router.post("/v1/verifications/image", openapi_extra={"requestBody": _BODY})
async def verify_image(request: Request, runtime: Running) -> VerificationResponse:
    """Check the one QR code in a JPEG, PNG or WebP of at most 10 MB and 25 megapixels.

    The code is as old as it was when the headers arrived; the body has 60 seconds.
    """
    arrived_at = runtime.clock()  # nothing of the body has been waited for yet
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "multipart/form-data":
        raise HTTPException(415, "the body must be multipart/form-data")
    most = len(CodePhotoRequest.model_fields)
    async with request.form(max_files=1, max_fields=most, max_part_size=_LONGEST_FIELD) as form:
        image, asked = _read(form)
        asker = asker_of(request, asked.place, asked.notice_code)
        answer = await check_code_photo(runtime, image.file, asker, arrived_at)
    language = match(asked.language) if asked.language else None
    return present(runtime, answer, language or negotiate(request.headers.get("accept-language")))


def _read(form: FormData) -> tuple[UploadFile, CodePhotoRequest]:
    given = dict(form)
    image = given.pop("image", None)
    if not isinstance(image, UploadFile) or len(form.multi_items()) > len(given) + 1:
        message = "send one file named image, and every other field once"
        raise InvalidError(message)
    try:
        return image, CodePhotoRequest.model_validate(given)
    except ValidationError as error:
        found = [{**one, "loc": ("form", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(found) from error
