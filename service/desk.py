"""What the hotline desk may tell somebody who calls; every question is recorded first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, assert_never

from sqlmodel.ext.asyncio.session import AsyncSession

from db.notices import find_visit_of_notice
from db.units_of_work import reading
from db.verifications import Row
from db.visits import Visit, VisitFilter, find_visits
from domain.callers import Caller
from domain.verdicts import Reason
from service.answers import make_id
from service.badges import read_badge
from service.customers import find_phone
from service.notices import find_code
from service.runtime import Runtime
from service.visit_lists import CustomersVisit, as_customers
from verifiers import badge

_LIMIT: Final = 50
# What is long over cannot help somebody who has a visitor at the door.
_STARTED_WITHIN: Final = timedelta(days=1)


class Clue(StrEnum):
    """What the caller on the phone can tell."""

    CUSTOMER_PHONE = "customer_phone"
    NOTICE_CODE = "notice_code"
    BADGE_NUMBER = "badge_number"


@dataclass(frozen=True, slots=True)
class DeskQuestion:
    """One clue and its text as it was typed."""

    clue: Clue
    text: str


@dataclass(frozen=True, slots=True)
class DeskAnswer:
    """Visits by start; `badge_in_force` only for a badge number, None for an unknown one."""

    visits: list[CustomersVisit]
    badge_in_force: bool | None = None


async def ask(runtime: Runtime, caller: Caller, question: DeskQuestion) -> DeskAnswer:
    """Find the visits behind a clue; raises NotRecordedError: no record, no answer."""
    now = runtime.clock()
    in_force = None
    async with reading(runtime.engine) as session:
        visits = await _find(session, runtime, question)
        found = await as_customers(session, runtime, visits)
        if question.clue is Clue.BADGE_NUMBER:
            on_record = await read_badge(session, question.text)
            today = now.astimezone(runtime.time_zone).date()
            in_force = None if on_record is None else badge.is_in_force(on_record, today)
    record = Row(
        id=make_id(runtime, now),
        checked_at=now,
        kind="desk",
        reason=Reason.NOTICE_ON_RECORD if found else Reason.UNRECOGNISED,
        visit_id=found[0].id if found else None,
        asked_by=caller.subject,
    )
    await runtime.recorder.record(record)
    return DeskAnswer(found, in_force)


async def _find(session: AsyncSession, runtime: Runtime, question: DeskQuestion) -> Sequence[Visit]:
    typed, since = question.text, runtime.clock() - _STARTED_WITHIN
    match question.clue:
        case Clue.NOTICE_CODE:
            visit = await find_visit_of_notice(session, find_code(runtime.seal, typed))
            return [] if visit is None else [visit]
        case Clue.CUSTOMER_PHONE:
            if not any(map(str.isdigit, typed)):
                return []
            phone_hash = find_phone(runtime.seal, typed, runtime.country)
            wanted = VisitFilter(customer_phone_hash=phone_hash, starts_from=since)
        case Clue.BADGE_NUMBER:
            number = badge.parse_number(typed) or ""
            wanted = VisitFilter(badge_number=number, starts_from=since)
        case _:
            assert_never(question.clue)
    return await find_visits(session, wanted, _LIMIT)
