"""Errors on the wire (RFC 9457). The one place that knows which error has which status."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.wire import Shown
from domain.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    MenshenError,
    NotFoundError,
    OverloadedError,
    RateLimitedError,
    RuleBrokenError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
)
from service.recorders import NotRecordedError

STATUSES: Final[Mapping[type[MenshenError], int]] = MappingProxyType(
    {
        UnauthenticatedError: 401,
        ForbiddenError: 403,
        NotFoundError: 404,
        ConflictError: 409,
        TooLargeError: 413,
        InvalidError: 422,
        RateLimitedError: 429,
        NotRecordedError: 503,
        OverloadedError: 503,
        UnavailableError: 503,
    },
)
_CODES: Final[Mapping[int, str]] = MappingProxyType(
    {
        404: "not_found",
        405: "method_not_allowed",
        408: "timeout",
        413: "too_large",
        415: "unsupported_media",
        422: "invalid",
    },
)
_MOST_ERRORS: Final = 10
MEDIA_TYPE: Final = "application/problem+json"
ForReader = Callable[[Request, Response, str], Response]
"""Turns a problem document, and its code, into a page where people read it."""


class ProblemResponse(Shown):
    """A problem document; `code` is stable, `request_id` stands in the log."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str


DOCUMENTED: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": ProblemResponse.model_json_schema()}},
    }
    for status in (401, 403, 404, 408, 409, 413, 415, 422, 429, 503)
}
"""What every call may answer besides its own; for the OpenAPI document."""


def status_of(error: MenshenError) -> int:
    """Return the HTTP status of an error: its own class's, else that of what it is a kind of."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def problem(
    request: Request, status: int, code: str, detail: str, more: Mapping[str, Any] | None = None
) -> JSONResponse:
    """Build a problem document; `more` are members beside the standard ones."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request.scope.get("request_id", ""),
        **(more or {}),
    }
    headers = {"Cache-Control": "no-store"}
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def refused(request: Request, error: MenshenError) -> JSONResponse:
    """Answer an error that a use case raised on purpose."""
    status = status_of(error)
    more: dict[str, Any] = {}
    if isinstance(error, RuleBrokenError):
        more = {"rule": error.rule, "source": error.source}
    answer = problem(request, status, error.code, str(error), more)
    if isinstance(error, RateLimitedError):
        answer.headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, NotRecordedError | OverloadedError | UnavailableError):
        answer.headers["Retry-After"] = "1"
    elif isinstance(error, UnauthenticatedError):
        answer.headers["WWW-Authenticate"] = 'Bearer realm="menshen"'
    return answer


def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    """Answer a request of a wrong shape; what was sent is never sent back."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    # A body that was not read as JSON is wrong as a whole; a form is wrong by its fields.
    found_errors = error.errors()
    expects_json = any(tuple(found["loc"]) == ("body",) for found in found_errors)
    is_json = content_type == "application/json" or content_type.endswith("+json")
    if expects_json and content_type and not is_json:
        return problem(request, 415, "unsupported_media", "the body must be application/json")
    errors = [
        {"loc": _where(found), "type": found["type"], "msg": found["msg"]}
        for found in found_errors[:_MOST_ERRORS]
    ]
    detail = "; ".join(f"{'.'.join(one['loc'])}: {one['msg']}" for one in errors[:3])
    return problem(request, 422, "invalid", detail, {"errors": errors})


def _where(found: Mapping[str, Any]) -> list[str]:
    # The name of a member that we do not know is the sender's own words.
    known = found["loc"][:-1] if found["type"] == "extra_forbidden" else found["loc"]
    return [str(part) for part in known]


def http(request: Request, error: HTTPException) -> JSONResponse:
    """Answer what the framework refuses by itself."""
    # A body that is not even JSON is as invalid as one of a wrong shape.
    status = 422 if error.status_code == 400 else error.status_code  # noqa: PLR2004 - as named
    code = _CODES.get(status, "invalid")
    answer = problem(request, status, code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def fault(request: Request) -> JSONResponse:
    """Answer a fault of ours, saying nothing about it."""
    return problem(request, 500, "internal", "something went wrong; the request id is logged")
