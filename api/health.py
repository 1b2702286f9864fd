"""Whether the process lives, and whether it can serve."""

from fastapi import APIRouter

from api.runtimes import Running
from api.wire import Shown
from service import databases

router = APIRouter(tags=["health"])


class HealthResponse(Shown):
    """All is well; anything else is an error."""

    status: str = "ok"


class ReadyResponse(Shown):
    """It can serve; `failing` names work beside the requests that fails and is begun anew."""

    status: str = "ok"
    failing: list[str]


@router.get("/healthz")
async def lives() -> HealthResponse:
    """Tell that the process lives."""
    return HealthResponse()


@router.get("/readyz")
async def is_ready(runtime: Running) -> ReadyResponse:
    """Tell that the database answers and a signing key is in force."""
    await databases.assert_ready(runtime)
    # No 503: a replica whose webhooks wait still answers whoever stands at a door.
    return ReadyResponse(failing=sorted(runtime.failing))
