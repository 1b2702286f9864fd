"""Plan, move, cancel and end visits. A change counts from the next scan on."""

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from db.agencies import Agency
from db.staff import find_staff_by_numbers
from db.teams import find_teams, replace_team
from db.units_of_work import writing
from db.visit_tokens import revoke_tokens_of
from db.visits import Visit, find_notices
from domain.callers import Caller
from domain.errors import ConflictError, InvalidError, NotFoundError, SlotTooLongError
from domain.states import CustomerKind, Language, Purpose, StaffStatus, VisitStatus
from service.customers import Customer, seal_customer
from service.events import Event
from service.idempotency import Repeatable
from service.notices import KEPT, make_notice
from service.planned_visits import PlannedVisit, read_planned
from service.runtime import Runtime
from verifiers import jose_gate

LONGEST: Final = timedelta(hours=3)
HINT_CHARACTERS: Final = 40
_SIX_DIGITS: Final = re.compile(r"\d{6}")


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """A visit as the case system wants it."""

    customer: Customer
    customer_kind: CustomerKind
    time_zone: str
    place_hint: str
    purpose: Purpose
    starts_at: datetime
    ends_at: datetime
    staff: tuple[str, ...]
    language: Language
    documents: tuple[str, ...] = ()
    agency_id: str | None = None
    jurisdiction: str | None = None


@dataclass(frozen=True, slots=True)
class VisitChange:
    """What moves; None stays."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    staff: tuple[str, ...] | None = None


_DRAFT: Final = TypeAdapter(VisitDraft)
_PLANNED: Final = TypeAdapter(PlannedVisit)


async def plan(
    runtime: Runtime, caller: Caller, draft: VisitDraft, key: str | None = None
) -> PlannedVisit:
    """Plan a visit and make its notice; with a key, repeating it plans nothing new.

    Raises InvalidError and SlotTooLongError.
    """
    request = _DRAFT.dump_json(draft)
    repeatable = key and Repeatable.of(runtime.seal, caller, key, request)
    try:
        return await _plan(runtime, caller, draft, repeatable or None)
    except IntegrityError:  # the same request, at the same moment, was first
        if not repeatable:
            raise
        return await _plan(runtime, caller, draft, repeatable)


async def _plan(
    runtime: Runtime, caller: Caller, draft: VisitDraft, repeatable: Repeatable | None
) -> PlannedVisit:
    now = runtime.clock()
    async with writing(runtime.engine) as session:
        given = None if repeatable is None else await repeatable.find(session, now)
        if given is not None:
            return _PLANNED.validate_json(given)
        _check_hint(draft.place_hint, draft.customer.ref)
        visit = _make(runtime, caller, draft, now)
        _check_slot(visit, now)
        team = await _find_team(session, draft.staff, draft.agency_id)
        session.add(visit)
        await session.flush()
        await replace_team(session, visit.id, team)
        session.add(make_notice(runtime, visit))
        await session.flush()
        (planned,) = await read_planned(session, runtime, [visit], with_notice=True)
        if repeatable is not None:
            repeatable.keep(session, _PLANNED.dump_json(planned), now)
        await session.commit()
    return planned


async def move(runtime: Runtime, visit_id: str, change: VisitChange) -> PlannedVisit:
    """Move a visit or change its team: same notice code and phrase, all tokens revoked.

    Raises NotFoundError, ConflictError, InvalidError and SlotTooLongError.
    """
    now = runtime.clock()
    async with writing(runtime.engine) as session:
        visit = await _find_open(session, visit_id)
        visit.starts_at = change.starts_at or visit.starts_at
        visit.ends_at = change.ends_at or visit.ends_at
        _check_slot(visit, now)
        if change.staff is not None:
            team = await _find_team(session, change.staff, visit.agency_id)
            await replace_team(session, visit.id, team)
        for notice in (await find_notices(session, [visit.id])).values():
            notice.expires_at = visit.ends_at + KEPT
        await revoke_tokens_of(session, visit.id, now)
        await session.flush()
        (planned,) = await read_planned(session, runtime, [visit], with_notice=True)
        await session.commit()
    runtime.events.publish(visit_id, Event("revoked", now))
    return planned


async def cancel(runtime: Runtime, visit_id: str, reason: str) -> PlannedVisit:
    """Cancel a visit; raises NotFoundError, and ConflictError unless it was still planned."""
    planned = await _close(runtime, visit_id, VisitStatus.CANCELLED, reason, _anybody)
    runtime.events.publish(visit_id, Event("cancelled", runtime.clock()))
    return planned


async def end(runtime: Runtime, caller: Caller, visit_id: str, outcome: str | None) -> PlannedVisit:
    """End a visit, as one of its team; raises NotFoundError and ConflictError."""

    def is_own(numbers: Collection[str]) -> bool:
        return caller.subject in numbers

    planned = await _close(runtime, visit_id, VisitStatus.ENDED, outcome, is_own)
    runtime.events.publish(visit_id, Event("revoked", runtime.clock()))
    return planned


def _make(runtime: Runtime, caller: Caller, draft: VisitDraft, now: datetime) -> Visit:
    visit_id = f"vi_{jose_gate.encode(runtime.randomness(12))}"
    sealed: dict[str, Any] = seal_customer(runtime.seal, visit_id, draft.customer, runtime.country)
    return Visit(
        id=visit_id,
        status=VisitStatus.PLANNED,
        customer_kind=draft.customer_kind,
        time_zone=draft.time_zone,
        place_hint=draft.place_hint,
        purpose=draft.purpose,
        documents=list(draft.documents),
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        agency_id=draft.agency_id,
        jurisdiction=draft.jurisdiction,
        language=draft.language,
        planned_by=caller.subject,
        planned_at=now,
        **sealed,
    )


def _check_slot(visit: Visit, now: datetime) -> None:
    if visit.starts_at >= visit.ends_at:
        message = "the slot ends before it starts"
        raise InvalidError(message)
    if visit.ends_at - visit.starts_at > LONGEST:
        message = "a slot is at most 3 hours"
        raise SlotTooLongError(message)
    if visit.ends_at <= now:
        message = "the slot is over"
        raise InvalidError(message)


def _check_hint(hint: str, customer_ref: str) -> None:
    plain = unicodedata.normalize("NFKC", hint)
    if len(plain) > HINT_CHARACTERS:
        message = f"a place hint has at most {HINT_CHARACTERS} characters"
        raise InvalidError(message)
    # Strangers read it on the answer: no account, phone or reference may slip in.
    if _SIX_DIGITS.search(plain) or customer_ref.casefold() in plain.casefold():
        message = "a place hint holds neither the customer reference nor six digits in a row"
        raise InvalidError(message)


async def _find_team(
    session: AsyncSession, numbers: tuple[str, ...], agency_id: str | None
) -> list[str]:
    if agency_id is not None and await session.get(Agency, agency_id) is None:
        message = f"no agency {agency_id}"
        raise InvalidError(message)
    team = await find_staff_by_numbers(session, numbers)
    missing = set(numbers) - {member.staff_number for member in team}
    inactive = {one.staff_number for one in team if one.status != StaffStatus.ACTIVE}
    if not numbers or missing or inactive:
        message = f"no active staff: {', '.join(sorted(missing | inactive)) or 'nobody named'}"
        raise InvalidError(message)
    return [member.id for member in team]


async def _find(session: AsyncSession, visit_id: str) -> Visit:
    """Return a visit as it is now, for this transaction alone to change."""
    visit = await session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
    if visit is None:
        message = f"no visit {visit_id}"
        raise NotFoundError(message)
    return visit


async def _find_open(session: AsyncSession, visit_id: str) -> Visit:
    visit = await _find(session, visit_id)
    _check_open(visit)
    return visit


def _check_open(visit: Visit) -> None:
    if visit.status != VisitStatus.PLANNED:
        message = f"the visit is {visit.status}"
        raise ConflictError(message)


def _anybody(_numbers: Collection[str]) -> bool:
    return True


async def _close(
    runtime: Runtime,
    visit_id: str,
    status: VisitStatus,
    note: str | None,
    may: Callable[[Collection[str]], bool],
) -> PlannedVisit:
    async with writing(runtime.engine) as session:
        visit = await _find(session, visit_id)
        numbers = [member.staff_number for _, member in await find_teams(session, [visit_id])]
        if not may(numbers):
            message = f"no visit {visit_id}"
            raise NotFoundError(message)
        _check_open(visit)
        visit.status, visit.closing_note = status, note
        (planned,) = await read_planned(session, runtime, [visit], with_notice=False)
        await session.commit()
    return planned
