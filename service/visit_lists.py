"""Lists of visits: for dispatchers and staff, and for one customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from db.units_of_work import reading
from db.visits import Visit, VisitFilter, find_notices, find_visits
from domain.errors import NotFoundError
from domain.states import VisitStatus
from service.cursors import read_cursor, write_cursor
from service.customers import find_ref
from service.days import start_of
from service.own_visits import OwnVisit, read_own
from service.planned_visits import PlannedVisit, read_planned
from service.runtime import Runtime
from verifiers.notice import TRIES

_CUSTOMERS_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a list, and where to go on."""

    items: list[PlannedVisit]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class CustomersVisit:
    """A visit as `authorised_for_you` would show it, to the bank's own app and desk.

    A locked notice is no longer answered on the pages, which then say to call the hotline.
    """

    id: str
    status: VisitStatus
    starts_at: datetime
    ends_at: datetime
    place_hint: str
    own: OwnVisit
    notice_locked: bool


async def read_visit(runtime: Runtime, visit_id: str, *, with_notice: bool) -> PlannedVisit:
    """Return a visit; raises NotFoundError."""
    async with reading(runtime.engine) as session:
        visit = await session.get(Visit, visit_id)
        if visit is None:
            message = f"no visit {visit_id}"
            raise NotFoundError(message)
        (planned,) = await read_planned(session, runtime, [visit], with_notice=with_notice)
    return planned


async def list_visits(  # noqa: PLR0913 - each filter by its name
    runtime: Runtime,
    *,
    status: VisitStatus | None = None,
    day: date | None = None,
    staff_number: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
    with_notice: bool = False,
    latest_first: bool = False,
) -> Page:
    """Return a page of visits by start; `day` is a local one. Raises InvalidError."""
    starts_from = starts_before = None
    if day is not None:
        starts_from = start_of(runtime, day)
        starts_before = start_of(runtime, day, days=1)
    wanted = VisitFilter(
        status=status,
        starts_from=starts_from,
        starts_before=starts_before,
        staff_number=staff_number,
        after=None if cursor is None else read_cursor(cursor),
        latest_first=latest_first,
    )
    async with reading(runtime.engine) as session:
        found = await find_visits(session, wanted, limit + 1)
        items = await read_planned(session, runtime, found[:limit], with_notice=with_notice)
    if len(found) <= limit:
        return Page(items, None)
    last = found[limit - 1]
    return Page(items, write_cursor(last.starts_at, last.id))


async def visits_of_customer(runtime: Runtime, customer_ref: str) -> list[CustomersVisit]:
    """Return the planned visits to one customer that are not over."""
    now = runtime.clock()
    wanted = VisitFilter(
        status=VisitStatus.PLANNED, customer_ref_hash=find_ref(runtime.seal, customer_ref)
    )
    async with reading(runtime.engine) as session:
        found = await find_visits(session, wanted, _CUSTOMERS_LIMIT)
        return await as_customers(session, runtime, [one for one in found if one.ends_at > now])


async def as_customers(
    session: AsyncSession, runtime: Runtime, visits: Sequence[Visit]
) -> list[CustomersVisit]:
    """Return visits as their customers may know them, in the order given."""
    notices = await find_notices(session, [visit.id for visit in visits])
    return [
        CustomersVisit(
            id=visit.id,
            status=VisitStatus(visit.status),
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            place_hint=visit.place_hint,
            own=await read_own(session, runtime.seal, visit, notices[visit.id]),
            notice_locked=notices[visit.id].wrong_tries >= TRIES,
        )
        for visit in visits
    ]
