"""The shell of the pages for the bank's own people: who may open which, and how they look."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from domain.callers import Caller, Role
from domain.errors import ForbiddenError, UnauthenticatedError
from service import access_tokens, analysts
from web.pages import render, runtime_of
from web.sessions import assert_same_site, cookie_name


@dataclass(frozen=True, slots=True)
class Section:
    """Pages under a path, for one role."""

    path: str
    role: Role
    in_console: bool = True


# The first whose path begins an address is its section.
SECTIONS: Final = (
    Section("/console/desk", Role.DESK),
    Section("/console", Role.FRAUD),
    Section("/console/cases", Role.FRAUD),
    Section("/console/sightings", Role.FRAUD),
    Section("/console/watchlist", Role.FRAUD),
    Section("/console/map", Role.FRAUD),
    Section("/console/timeline", Role.FRAUD),
    Section("/console/statistics", Role.FRAUD),
    Section("/staff", Role.STAFF, in_console=False),
)


def home_of(caller: Caller, back: str = "") -> str:
    """Return where a login leads: back to a page that the caller may see, else to his first."""
    section = next((one for one in SECTIONS if f"{back}/".startswith(f"{one.path}/")), None)
    if section is not None and section.role in caller.roles:
        return back
    return next((one.path for one in SECTIONS if one.role in caller.roles), "/")


def _verify(request: Request) -> Caller:
    runtime = runtime_of(request)
    session = request.cookies.get(cookie_name(runtime))
    if session is None:
        message = "a login is needed"
        raise UnauthenticatedError(message)
    return access_tokens.verify(runtime, session)


def find_caller(request: Request) -> Caller | None:
    """Return who is logged in, if anybody is; asks no database."""
    try:
        return _verify(request)
    except UnauthenticatedError:
        return None


def _admitting(*roles: Role) -> Callable[[Request], Awaitable[Caller]]:
    """Return a dependency that raises UnauthenticatedError, CrossSiteError and ForbiddenError."""

    async def admit(request: Request) -> Caller:
        runtime = runtime_of(request)
        caller = _verify(request)
        if request.method not in {"GET", "HEAD"}:
            assert_same_site(request, runtime)
        if caller.roles.isdisjoint(roles):
            message = f"this page needs one of the roles {', '.join(roles)}"
            raise ForbiddenError(message)
        await analysts.see(runtime, caller)
        return caller

    return admit


Analyst = Annotated[Caller, Depends(_admitting(Role.FRAUD))]
DeskClerk = Annotated[Caller, Depends(_admitting(Role.DESK))]
Colleague = Annotated[Caller, Depends(_admitting(Role.FRAUD, Role.DESK))]


def render_console(
    request: Request,
    caller: Caller,
    template: str,
    status: int = 200,
    **values: Any,  # noqa: ANN401 - whatever the template shows
) -> HTMLResponse:
    """Render a page with the navigation that the caller's roles open."""
    open_to = [one for one in SECTIONS if one.in_console and one.role in caller.roles]
    return render(request, template, status, caller=caller, sections=open_to, **values)
