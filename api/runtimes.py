"""How a route gets at what the use cases need."""

from typing import Annotated

from fastapi import Depends, Request

from service.answers import Asker
from service.askers import make_asker
from service.runtime import Runtime
from verifiers.risk import Place


def runtime_of(request: Request) -> Runtime:
    """Return the runtime that the application was composed with."""
    runtime: Runtime = request.app.state.runtime
    return runtime


async def _runtime(request: Request) -> Runtime:  # async: a sync one would cost a thread hop
    return runtime_of(request)


Running = Annotated[Runtime, Depends(_runtime)]


def asker_of(request: Request, place: Place | None = None, notice_code: str | None = None) -> Asker:
    """Return who asks without a browser's receipt: an API client."""
    address = None if request.client is None else request.client.host
    return make_asker(runtime_of(request), address, place=place, notice_code=notice_code)
