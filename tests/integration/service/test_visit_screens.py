"""What the visitor's own screen hears, and when it hears no more."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from domain.callers import Caller, Role
from domain.errors import NotFoundError
from service import visit_screens
from service.events import Event
from service.visit_screens import Screen, TeamEvent, open_screen, watch
from tests.services import Door, Service, open_door

ME = Caller("S-1", frozenset({Role.STAFF}))


async def open_own(door: Door) -> Screen:
    return await open_screen(door.service.runtime, ME, door.visit["id"], door.phone.device_id)


async def collect(
    door: Door, act: Callable[[], Awaitable[object]], count: int
) -> list[Event | TeamEvent]:
    """Listen as the screen does while something happens."""
    screen = await open_own(door)
    heard: list[Event | TeamEvent] = []

    async def listen() -> None:
        async for event in watch(door.service.runtime, screen):
            heard.append(event)
            if len(heard) == count:
                return

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.05)
    await act()
    async with asyncio.timeout(5):
        await listening
    return heard


async def test_a_check_shows_the_same_number_on_both_screens(door: Door) -> None:
    shown = []

    async def scan() -> None:
        shown.append(await door.scan())

    (event,) = await collect(door, scan, 1)
    assert isinstance(event, Event)
    assert (event.kind, event.match_number) == ("checked", shown[0]["match_number"])
    assert event.at == door.service.now


async def test_a_checked_colleague_is_told_without_his_number(service: Service) -> None:
    door = await open_door(service, "S-1", "S-2")
    colleague = await service.enrol("S-2")
    await service.fetch(colleague, door.visit["id"])

    async def scan() -> None:
        await service.verify(visit_code=colleague.code(service.now))

    (event,) = await collect(door, scan, 1)
    assert event == TeamEvent(service.now, "S-2")


async def test_an_unproven_code_is_not_announced(door: Door) -> None:
    async def scan() -> None:
        await door.service.verify(visit_code="x")
        await door.service.verify(visit_code=door.phone.code(door.service.now.replace(year=2025)))
        await door.scan()

    (event,) = await collect(door, scan, 1)
    assert event.kind == "checked"


@pytest.mark.parametrize(
    ("method", "path", "body", "kind"),
    [
        ("POST", "/v1/visits/{visit}/cancel", {"reason": "ill"}, "cancelled"),
        ("PATCH", "/v1/visits/{visit}", {"staff": ["S-1"]}, "revoked"),
        ("POST", "/v1/devices/{device}/revoke", None, "revoked"),
        ("POST", "/v1/tokens/{ref}/revoke", None, "revoked"),
        ("PATCH", "/v1/registry/staff/S-1", {"status": "suspended"}, "revoked"),
    ],
)
async def test_a_withdrawal_closes_the_screen(
    door: Door, method: str, path: str, body: object, kind: str
) -> None:
    where = path.format(
        visit=door.visit["id"], device=door.phone.device_id, ref=door.phone.token["ref"]
    )
    role = Role.REGISTRY if "visits" not in path else Role.DISPATCHER

    async def withdraw() -> None:
        done = await door.service.call(method, where, body, role=role)
        assert done.status_code == 200

    events = await collect(door, withdraw, 5)
    assert [event.kind for event in events] == [kind]


async def test_a_change_made_elsewhere_is_seen_within_seconds(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit_screens, "LOOK_AGAIN", 0.05)

    async def expire() -> None:
        door.service.wait(hours=2)

    assert [event.kind for event in await collect(door, expire, 5)] == ["revoked"]


async def test_only_an_assigned_owner_listens_while_he_may(door: Door) -> None:
    runtime = door.service.runtime
    await door.service.add_staff("S-2", "陳美玲")
    other = Caller("S-2", frozenset({Role.STAFF}))
    for caller, visit, device in (
        (other, door.visit["id"], door.phone.device_id),
        (ME, "none", door.phone.device_id),
        (ME, door.visit["id"], "none"),
    ):
        with pytest.raises(NotFoundError):
            await open_screen(runtime, caller, visit, device)
    door.service.wait(hours=2)
    with pytest.raises(NotFoundError):
        await open_own(door)


async def test_a_slow_screen_loses_the_oldest(door: Door) -> None:
    broker = door.service.runtime.events
    with broker.listening("vi") as events:
        for at in range(40):
            broker.publish("vi", Event("checked", door.service.now, match_number=f"{at:02}"))
        assert events.get_nowait().match_number == "08"
    broker.publish("vi", Event("checked", door.service.now))  # nobody listens: no harm


async def test_a_visit_cancelled_between_two_looks_is_called_so(door: Door) -> None:
    """Nobody listened yet, or another replica cancelled: the reason is read, not heard."""
    screen = await open_own(door)
    path = f"/v1/visits/{door.visit['id']}/cancel"
    await door.service.make(path, {"reason": "ill"}, Role.DISPATCHER)
    heard = [event.kind async for event in watch(door.service.runtime, screen)]
    assert heard == ["cancelled"]
