"""The visitor's own screen: what it is told live, as long as he may show it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from db.devices import Device
from db.staff import find_staff
from db.teams import find_teams
from db.units_of_work import reading
from db.visits import Visit
from domain.callers import Caller
from domain.errors import NotFoundError
from domain.states import DeviceStatus, StaffStatus, VisitStatus
from service.events import Event
from service.runtime import Runtime
from service.visit_tokens import MARGIN

LOOK_AGAIN: Final = 15
"""Seconds after which a silent screen's rights are read again: a change may come elsewhere."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Whose screen shows which visit; nothing is sent after `until`. `team` is id -> number."""

    visit_id: str
    staff_id: str
    device_id: str
    until: datetime
    team: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TeamEvent:
    """A customer checked a colleague of the same visit."""

    at: datetime
    staff_number: str
    kind: Literal["team"] = "team"


async def open_screen(runtime: Runtime, caller: Caller, visit_id: str, device_id: str) -> Screen:
    """Return the caller's screen for an assigned visit; raises NotFoundError for anything else."""
    message = f"no visit {visit_id} of yours on this device"
    async with reading(runtime.engine) as session:
        member = await find_staff(session, caller.subject)
        visit, device = await session.get(Visit, visit_id), await session.get(Device, device_id)
        found = await find_teams(session, [visit_id])
    team = {one.id: one.staff_number for _, one in found}
    if visit is None or device is None or device.staff_id != member.id or member.id not in team:
        raise NotFoundError(message)
    screen = Screen(visit_id, member.id, device_id, visit.ends_at + MARGIN, team)
    if await _find_end(runtime, screen) is not None:
        raise NotFoundError(message)
    return screen


async def watch(runtime: Runtime, screen: Screen) -> AsyncIterator[Event | TeamEvent]:
    """Yield the events of a screen; ends at expiry, suspension, revocation or cancellation.

    Also ends, without an event, when the service stops: the screen asks again by itself.
    """
    with runtime.events.listening(screen.visit_id) as events:
        while (ended := await _find_end(runtime, screen)) is None:
            event = await _next(events)
            if runtime.events.has_ended:
                return
            if event is None:
                continue
            if event.staff_id in {None, screen.staff_id}:
                yield event
                if event.kind != "checked":
                    return
            elif event.kind == "checked" and event.staff_id in screen.team:
                # A colleague's number is for his own screen; that he was checked is the team's.
                yield TeamEvent(event.at, screen.team[event.staff_id])
    yield Event(ended, runtime.clock())


async def _next(events: asyncio.Queue[Event]) -> Event | None:
    try:
        async with asyncio.timeout(LOOK_AGAIN):
            return await events.get()
    except TimeoutError:
        return None


async def _find_end(runtime: Runtime, screen: Screen) -> Literal["cancelled", "revoked"] | None:
    """Return how the right to a screen ended, also when nobody told; None while it lasts."""
    async with reading(runtime.engine) as session:
        visit = await session.get(Visit, screen.visit_id)
        device = await session.get(Device, screen.device_id)
        team = {one.id: one for _, one in await find_teams(session, [screen.visit_id])}
    if visit is not None and visit.status == VisitStatus.CANCELLED:
        return "cancelled"
    member = team.get(screen.staff_id)
    lasts = (
        runtime.clock() < screen.until
        and visit is not None
        and visit.status == VisitStatus.PLANNED
        and device is not None
        and device.status == DeviceStatus.ACTIVE
        and member is not None
        and member.status == StaffStatus.ACTIVE
    )
    return None if lasts else "revoked"
