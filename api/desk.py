"""What the hotline desk may know of the visits behind a caller's clue."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.authorisation import Authorised
from api.customers import CustomersVisitResponse, present
from api.runtimes import Running
from api.wire import Shown, Wire, Word
from domain.errors import InvalidError
from service import desk
from service.desk import Clue, DeskQuestion

router = APIRouter(tags=["customers"])


class DeskRequest(Wire):
    """Exactly one clue."""

    customer_phone: Word | None = None
    notice_code: Word | None = None
    badge_number: Word | None = None


class DeskResponse(Shown):
    """Visits behind a clue; `badge_in_force` is null unless a known badge number was asked for."""

    items: list[CustomersVisitResponse]
    next_cursor: str | None = None
    badge_in_force: bool | None


@router.get("/v1/desk/visits")
async def for_desk(
    request: Request, runtime: Running, caller: Authorised, asked: Annotated[DeskRequest, Query()]
) -> DeskResponse:
    """Find what the hotline may tell a caller; every call is recorded."""
    given = asked.model_dump(exclude_none=True)
    # Counted as sent: of a parameter that comes twice, the model holds one.
    if len(given) != 1 or len(request.query_params.multi_items()) != 1:
        message = f"give exactly one of {', '.join(Clue)}"
        raise InvalidError(message)
    ((name, text),) = given.items()
    answer = await desk.ask(runtime, caller, DeskQuestion(Clue(name), text))
    return DeskResponse(items=present(answer.visits), badge_in_force=answer.badge_in_force)
