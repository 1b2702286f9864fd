"""`/login`: in demo mode a choice of person; else the bank's identity provider has to come."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from domain.callers import Caller
from domain.errors import NotFoundError
from domain.states import Mode
from service.demo import people
from web.console import home_of
from web.pages import render, runtime_of
from web.sessions import assert_demo, assert_same_site, log_in, log_out

router = APIRouter()


@router.get("/login")
async def ask(request: Request, back: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show whom one may log in as; `back` is the page that asked for a login."""
    runtime = runtime_of(request)
    found = people(runtime) if runtime.mode is Mode.DEMO else []
    return render(request, "login.html", people=found, back=back)


@router.post("/login")
async def choose(
    request: Request,
    subject: Annotated[str, Form(max_length=64)],
    back: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Log in as a person of the demo and go where that person works."""
    runtime = runtime_of(request)
    assert_demo(runtime)
    assert_same_site(request, runtime)
    person = next((one for one in people(runtime) if one.subject == subject), None)
    if person is None:
        message = "no such person"
        raise NotFoundError(message)
    response = RedirectResponse(home_of(Caller(person.subject, person.roles), back), 303)
    log_in(response, runtime, person)
    return response


@router.post("/logout")
async def leave(request: Request) -> Response:
    """End the session: its token counts no more, wherever it was kept."""
    runtime = runtime_of(request)
    assert_same_site(request, runtime)
    response = RedirectResponse("/login", 303)
    log_out(request, response, runtime)
    return response
