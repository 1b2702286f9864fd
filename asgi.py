"""Composition: settings -> runtime -> application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

import web.routes
from api import problems, request_log, routes
from api.body_limits import BodyLimit
from api.load_shedding import LoadShedding
from api.request_log import RequestLog
from domain.clock import Clock, system_clock
from domain.errors import MenshenError, UnauthenticatedError
from domain.randomness import Randomness, system_randomness
from service import demo, demo_reports, start_warnings
from service.background_work import alongside
from service.linking import link_forever
from service.opening import open_runtime
from service.recorders import NotRecordedError
from service.settings import Settings
from service.webhook_deliveries import deliver_forever
from web import app_links
from web.problems import render
from web.security import SecurityHeaders
from web.static_files import STATIC, StaticFiles
from web.unsent import hand_back

_API: Final = ("/v1/", "/.well-known/", "/healthz", "/readyz", "/openapi.json")


def make_app(  # noqa: PLR0913 - what the composition is made of
    settings: Settings,
    public_url: str,
    clock: Clock = system_clock,
    randomness: Randomness = system_randomness,
    *,
    with_demo: bool = False,
    with_reports: bool = False,
    has_work: bool = True,
) -> FastAPI:
    """Return the application; its lifespan opens the runtime and may refuse to start.

    A demo may get a year of reports, made once it serves. Unless it `has_work`, it leaves the
    linking of reports and the sending of webhooks to others.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_runtime(settings, public_url, clock, randomness) as runtime:
            app.state.runtime = runtime
            await start_warnings.log(runtime)
            if with_demo:
                await demo.fill(runtime)
            link = demo_reports.fill_and_link if with_reports else link_forever
            works = {
                "webhooks": partial(deliver_forever, runtime),
                "linking": partial(link, runtime),
            }
            async with alongside(works if has_work else {}, runtime.failing):
                yield

    app = FastAPI(
        title="Menshen",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would believe the Host header
    )
    app.router.routes += [*routes.ROUTES, *app_links.make_routes(settings), *web.routes.ROUTES]
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(LoadShedding, for_reader=_for_reader)
    app.add_middleware(BodyLimit, for_reader=_for_reader)
    app.add_middleware(RequestLog, randomness=randomness, answer_fault=_answer_fault)
    app.add_middleware(SecurityHeaders)  # the outermost: errors get the headers, too
    _handle_errors(app)
    return app


def _handle_errors(app: FastAPI) -> None:
    @app.exception_handler(MenshenError)
    async def refused(request: Request, error: MenshenError) -> Response:
        unsent = None
        if isinstance(error, UnauthenticatedError):
            unsent = await hand_back(request)
        return unsent or _for_reader(request, problems.refused(request, error), error.code)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        if not request.url.path.startswith(_API):
            return render(request, 422, "invalid")
        return problems.invalid(request, error)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        return _refused_by_the_framework(request, error)

    @app.exception_handler(DBAPIError)
    @app.exception_handler(OSError)
    async def unavailable(request: Request, error: Exception) -> Response:
        request_log.fault(request.scope, error)
        message = "the database does not answer; try again"
        answer = problems.refused(request, NotRecordedError(message))
        return _for_reader(request, answer, NotRecordedError.code)


def _refused_by_the_framework(request: Request, error: HTTPException) -> Response:
    above = _page_above(request, error)
    if above is not None:
        return RedirectResponse(above, 303)
    answer = problems.http(request, error)
    if "allow" in answer.headers:  # the framework names the methods of one route only
        answer.headers["Allow"] = routes.methods_of(request.url.path)
    return _for_reader(request, answer, "")


def _page_above(request: Request, error: HTTPException) -> str | None:
    """Return the page that a form's address belongs to, for somebody who opens that by itself."""
    path, wrong_method = request.scope["path"], HTTPStatus.METHOD_NOT_ALLOWED
    if error.status_code != wrong_method or request.method != "GET" or path.startswith(_API):
        return None
    return web.routes.page_above(path)


def _answer_fault(request: Request) -> Response:
    return _for_reader(request, problems.fault(request), "internal")


def _for_reader(request: Request, answer: Response, code: str) -> Response:
    """Return a problem document to clients, and a page that says what to do to people.

    A page that needs a login leads there, and from there back.
    """
    if request.url.path.startswith(_API):
        return answer
    if code == UnauthenticatedError.code:
        back = urlencode({"back": request.url.path}) if request.method == "GET" else ""
        return RedirectResponse(f"/login?{back}", 303)
    wait = answer.headers.get("retry-after")
    page = render(request, answer.status_code, code, None if wait is None else int(wait))
    if wait is not None:
        page.headers["Retry-After"] = wait
    return page
