"""The page session: in demo mode a choice of person, kept as a cookie that no script can read."""

from fastapi import Request, Response

from domain.callers import Caller
from domain.errors import CrossSiteError, NotFoundError
from domain.states import Mode
from service import access_tokens
from service.demo import Person
from service.development_issuer import LIFETIME
from service.runtime import Runtime
from web import cookies


def cookie_name(runtime: Runtime) -> str:
    """Return the cookie's name, which on https no subdomain can set."""
    return cookies.full_name(runtime, "session")


def log_in(response: Response, runtime: Runtime, person: Person) -> None:
    """Give the browser a session as a person of the demo."""
    token = access_tokens.issue(runtime, Caller(person.subject, person.roles))
    cookies.give(response, runtime, "session", token, LIFETIME)


def log_out(request: Request, response: Response, runtime: Runtime) -> None:
    """End the browser's session, if it has one, and have it forget the cookie."""
    name = cookie_name(runtime)
    access_tokens.end(runtime, request.cookies.get(name, ""))
    response.delete_cookie(name, secure=runtime.is_https, httponly=True)


def assert_demo(runtime: Runtime) -> None:
    """Raise NotFoundError in production: these pages are not there."""
    if runtime.mode is not Mode.DEMO:
        message = "no such page"
        raise NotFoundError(message)


def assert_same_site(request: Request, runtime: Runtime) -> None:
    """Raise CrossSiteError when another site's page made the browser send this."""
    own = request.headers.get("sec-fetch-site") == "same-origin"
    if not own and request.headers.get("origin") != runtime.public_url:
        message = "only this service's own pages may do that"
        raise CrossSiteError(message)
