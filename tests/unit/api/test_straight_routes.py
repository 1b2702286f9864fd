"""A straight route answers as the framework's own does, whatever comes."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError

from api import problems
from api.straight_routes import StraightRoute
from api.verifications import VerificationRequest

JSON = "application/json"
ACCEPTED = [
    (JSON, b'{"visit_code": "a"}'),
    (JSON, b'{"visit_code": "a", "place": {"latitude": "25.03", "longitude": 121}}'),
    (JSON, b'{"visit_code": "a", "visit_code": "b"}'),
    (JSON, '{"name": "\\u5442\u5e03\\n"}'.encode()),
    (JSON, b"{}"),
    ("application/json; charset=utf-8", b'{"visit_code": "a"}'),
    ("application/merge-patch+json", b'{"visit_code": "a"}'),
    (JSON, '{"visit_code": "a"}'.encode("utf-16")),
]
REFUSED = [
    (JSON, b""),
    (JSON, b"{"),
    (JSON, b"null"),
    (JSON, b"[]"),
    (JSON, b'{"visit_code": 1}'),
    (JSON, b'{"visit_code": "a", "admin": true}'),
    (JSON, b'{"visit_code": "\\u0000"}'),
    (JSON, b'{"visit_code": "\\ud800"}'),
    (JSON, b'{"visit_code": "\xff"}'),
    (JSON, b'{"place": {"latitude": NaN, "longitude": 1}}'),
    (JSON, b'{"place": {"latitude": 1e999, "longitude": 1}}'),
    (JSON, b'{"visit_code": "' + b"a" * 4097 + b'"}'),
    (JSON, b"[" * 5000),
    ("text/plain", b'{"visit_code": "a"}'),
    ("", b'{"visit_code": "a"}'),
]


async def endpoint(request: Request, asked: VerificationRequest) -> Response:
    """Answer what was understood."""
    return Response(f"{request.method} {asked.model_dump_json()}")


def made() -> FastAPI:
    """Return an application that has the endpoint by either way."""
    app, straight = FastAPI(), APIRouter(route_class=StraightRoute)
    app.add_exception_handler(RequestValidationError, problems.invalid)  # type: ignore[arg-type] # ours, as in asgi.py
    straight.add_api_route("/straight", endpoint, methods=["POST"])
    app.router.routes += straight.routes
    app.add_api_route("/usual", endpoint, methods=["POST"])
    return app


async def both(media_type: str, body: bytes) -> list[tuple[int, str]]:
    """Return both answers."""
    headers = {"Content-Type": media_type} if media_type else {}
    transport = httpx.ASGITransport(made())
    async with httpx.AsyncClient(transport=transport, base_url="http://menshen") as client:
        answers = [
            await client.post(path, content=body, headers=headers)
            for path in ("/usual", "/straight")
        ]
    return [(one.status_code, one.text.replace("/straight", "/usual")) for one in answers]


@pytest.mark.parametrize(("media_type", "body"), ACCEPTED)
async def test_what_is_understood_is_understood_alike(media_type: str, body: bytes) -> None:
    usual, straight = await both(media_type, body)
    assert usual[0] == 200
    assert straight == usual


@pytest.mark.parametrize(("media_type", "body"), REFUSED)
async def test_what_is_refused_is_refused_alike(media_type: str, body: bytes) -> None:
    usual, straight = await both(media_type, body)
    assert usual[0] in {400, 415, 422}
    assert straight == usual


def somebody() -> str:
    """Let nobody else in."""
    return "S-1"


async def guarded(
    request: Request, asked: VerificationRequest, caller: Annotated[str, Depends(somebody)] = ""
) -> Response:
    """Ask for more than a request and its body: a straight call would pass by what guards it."""
    return Response(f"{request.method} {asked.name} {caller}")


async def bare(request: Request) -> Response:
    """Ask for less."""
    return Response(request.method)


@pytest.mark.parametrize("other", [guarded, bare])
def test_an_endpoint_that_asks_for_anything_else_is_refused_at_the_start(
    other: Callable[..., Awaitable[Response]],
) -> None:
    router = APIRouter(route_class=StraightRoute)
    with pytest.raises(TypeError, match="a request and a body, nothing else"):
        router.add_api_route("/other", other, methods=["POST"])


def test_a_router_that_guards_its_routes_is_refused_at_the_start() -> None:
    router = APIRouter(route_class=StraightRoute, dependencies=[Depends(somebody)])
    with pytest.raises(TypeError, match="a request and a body, nothing else"):
        router.add_api_route("/straight", endpoint, methods=["POST"])
