"""What the fraud team hears of at once, as server-sent events."""

from collections.abc import AsyncIterator
from dataclasses import asdict

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.authorisation import Authorised
from api.runtimes import Running
from service import team_screens

router = APIRouter(tags=["fraud"])


@router.get("/v1/fraud/events", response_class=EventSourceResponse)
async def events(runtime: Running, _caller: Authorised) -> AsyncIterator[ServerSentEvent]:
    """Stream `report`, `surge` and `watchlist_hit`; ends after an hour, so that rights are read."""
    async for news in team_screens.watch(runtime):
        said = {name: value for name, value in asdict(news).items() if value is not None}
        yield ServerSentEvent(data=said, event=said.pop("kind"))
