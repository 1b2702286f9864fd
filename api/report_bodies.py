"""Bodies that are JSON, or multipart with the same JSON and images beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, BinaryIO, Final, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from api.body_limits import LARGEST
from domain.errors import InvalidError
from service.evidence import MOST_EVIDENCE

Model = TypeVar("Model", bound=BaseModel)
_MOST_PARTS: Final = MOST_EVIDENCE + 1  # the JSON itself may be sent as a file


def body_of(model: type[BaseModel], part: str) -> dict[str, Any]:
    """Return the OpenAPI of a body whose JSON, when multipart, is in a part of this name."""
    whole = model.model_json_schema()
    schema = _inline(whole, whole.get("$defs", {}))
    return {
        "required": True,
        "content": {
            "application/json": {"schema": schema},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [part],
                    "additionalProperties": False,
                    "properties": {
                        part: schema,
                        "evidence": {
                            "type": "array",
                            "maxItems": MOST_EVIDENCE,
                            "items": {"type": "string", "format": "binary"},
                        },
                    },
                },
                "encoding": {
                    part: {"contentType": "application/json"},
                    "evidence": {"contentType": "image/jpeg, image/png, image/webp"},
                },
            },
        },
    }


@asynccontextmanager
async def read_sent(
    request: Request, part: str
) -> AsyncIterator[tuple[bytes, str, list[BinaryIO]]]:
    """Yield the JSON, where it was, and the images, which are gone when the block ends.

    Raises InvalidError for other parts, and 415 for other bodies.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/json":
        yield await request.body(), "body", []
    elif media_type == "multipart/form-data":
        most = _MOST_PARTS
        async with request.form(max_files=most, max_fields=most, max_part_size=LARGEST) as form:
            text, files = await _read(form, part)
            yield text, part, files
    else:
        raise HTTPException(415, "the body must be application/json or multipart/form-data")


def parse(model: type[Model], text: bytes, where: str) -> Model:
    """Return what the JSON says; raises RequestValidationError, which names the member."""
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        found = [{**one, "loc": (where, *one["loc"])} for one in error.errors()]
        raise RequestValidationError(found) from error


def address_of(request: Request) -> str:
    """Return the client's address."""
    return "" if request.client is None else request.client.host


async def _read(form: FormData, part: str) -> tuple[bytes, list[BinaryIO]]:
    if not set(form) <= {part, "evidence"} or len(form.getlist(part)) != 1:
        message = f"send one part named {part}, and evidence"
        raise InvalidError(message)
    evidence = form.getlist("evidence")
    files = [one.file for one in evidence if isinstance(one, UploadFile)]
    if len(files) != len(evidence):
        message = "evidence must be files"
        raise InvalidError(message)
    sent = form[part]
    text = await sent.read(LARGEST + 1) if isinstance(sent, UploadFile) else sent.encode()
    return text, files


def _inline(schema: Any, kinds: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Return a schema with the kinds that it refers to put in their places."""
    if isinstance(schema, list):
        return [_inline(one, kinds) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inline(kinds[schema["$ref"].rpartition("/")[2]], kinds)
    return {name: _inline(one, kinds) for name, one in schema.items() if name != "$defs"}
