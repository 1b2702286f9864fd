"""Two replicas on one database and one Redis (rows 6, 15, 16 of the threat list)."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_asyncio
from redis.asyncio import Redis

from domain.callers import Caller, Role
from service.events import TEAM, Event
from service.replicas import channel_of
from service.visit_screens import TeamEvent, open_screen, watch
from tests.redis_lines import REDIS, Line, line_to_redis
from tests.services import Door, Service, open_door, running
from tests.watchlist import watched

Heard = list[Event | TeamEvent]
LOOKUP = {"badge_number": "B", "name": "x"}
ME = Caller("S-1", frozenset({Role.STAFF}))


async def until(holds: Callable[[], Awaitable[bool]], seconds: float) -> None:
    began = time.monotonic()
    while not await holds():
        assert time.monotonic() - began < seconds
        await asyncio.sleep(0.01)


@dataclass
class Replicas:
    """A visitor at the door, known to both services; the line is what they share."""

    one: Service
    other: Service
    door: Door
    line: Line
    redis: Redis

    async def meet(self) -> None:
        """Wait until both listen to each other."""
        channel = channel_of(self.one.runtime.seal)

        async def both_listen() -> bool:
            return bool((await self.redis.pubsub_numsub(channel))[0][1] == 2)

        await until(both_listen, 5)

    @asynccontextmanager
    async def screen(self, service: Service) -> AsyncIterator[Heard]:
        """Collect what the visitor's screen on one replica is told while the block runs."""
        runtime, door = service.runtime, self.door
        shown = await open_screen(runtime, ME, door.visit["id"], door.phone.device_id)
        heard: Heard = []

        async def listen() -> None:
            async for event in watch(runtime, shown):
                heard.append(event)

        listening = asyncio.create_task(listen())
        await asyncio.sleep(0.05)
        try:
            yield heard
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


@pytest_asyncio.fixture
async def replicas(migrated_url: str, tmp_path: Path) -> AsyncIterator[Replicas]:
    async with line_to_redis() as line:
        chosen: dict[str, Any] = {"rate_limits": "on", "redis_url": line.url}
        async with (
            running(migrated_url, tmp_path / "data", **chosen) as one,
            running(migrated_url, tmp_path / "data", **chosen) as other,
            Redis.from_url(REDIS) as redis,
        ):
            both = Replicas(one, other, await open_door(one), line, redis)
            await both.meet()
            yield both


async def heard_within(heard: Heard, seconds: float) -> Event | TeamEvent:
    async def something() -> bool:
        return bool(heard)

    await until(something, seconds)
    return heard[0]


async def test_a_stolen_phone_is_refused_everywhere_within_a_second(  # row 6
    replicas: Replicas,
) -> None:
    one, other, door = replicas.one, replicas.other, replicas.door
    assert (await other.verify(visit_code=door.code()))["reason"] == "authorised"
    async with replicas.screen(other) as heard:
        began = time.monotonic()
        path = f"/v1/devices/{door.phone.device_id}/revoke"
        assert (await one.call("POST", path, role=Role.DESK)).status_code == 200
        assert (await other.verify(visit_code=door.code()))["reason"] == "revoked"
        assert (await heard_within(heard, 1)).kind == "revoked"
        assert time.monotonic() - began < 1


async def test_the_21st_look_up_is_refused_wherever_it_is_made(  # row 15
    replicas: Replicas,
) -> None:
    for at in range(20):
        await (replicas.one, replicas.other)[at % 2].verify(**LOOKUP)
    for service in (replicas.one, replicas.other):
        refused = await service.call("POST", "/v1/verifications", LOOKUP)
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert 1 <= int(refused.headers["retry-after"]) <= 60


async def test_redis_holds_no_address_in_clear(replicas: Replicas) -> None:  # row 15
    await replicas.one.verify(**LOOKUP)
    prefix = f"menshen:{replicas.one.runtime.seal.find('limits', 'redis').hex()}"
    keys = [key async for key in replicas.redis.scan_iter(f"{prefix}*")]
    assert len(keys) == 2
    assert not [key for key in keys if b"127.0.0.1" in key]


async def test_a_check_shows_its_number_once_on_each_screen(replicas: Replicas) -> None:
    async with replicas.screen(replicas.one) as own, replicas.screen(replicas.other) as far:
        answer = await replicas.door.scan()
        event = await heard_within(far, 1)
        assert isinstance(event, Event)
        assert event.match_number == answer["match_number"]
        await asyncio.sleep(0.1)
        assert own == far == [event]


async def test_the_team_hears_of_a_hit_on_every_replica(replicas: Replicas) -> None:
    one, other = replicas.one, replicas.other
    entry = await watched(one, "phone", "0977 000 111")
    with (
        one.runtime.news.listening(TEAM) as own,
        other.runtime.news.listening(TEAM) as far,
        other.runtime.events.listening(TEAM) as visits,
    ):
        assert (await one.verify(contact="0977 000 111"))["reason"] == "reported"
        async with asyncio.timeout(1):
            hit = await far.get()
        assert (hit.kind, hit.entry_id, hit.source) == ("watchlist_hit", entry["id"], "look_up")
        assert own.get_nowait() == hit
        assert own.empty()
        assert visits.empty()


async def test_strangers_on_the_channel_are_neither_heard_nor_told(  # row 19
    replicas: Replicas,
) -> None:
    seal = replicas.one.runtime.seal
    channel = channel_of(seal)
    forged = b'{"sender":"x","topic":"%s","event":{"kind":"revoked","at":"2026-11-24T04:00:00Z"}}'
    forged %= replicas.door.visit["id"].encode()
    naive = forged.replace(b":00Z", b":00")
    async with replicas.redis.pubsub() as spy, replicas.screen(replicas.other) as heard:
        await spy.subscribe(channel)
        for message in (b"", b"\xff", forged, seal.seal(b"{}", "replicas.event")):
            await replicas.redis.publish(channel, message)
        await replicas.redis.publish(channel, seal.seal(naive, "replicas.event"))
        await replicas.redis.publish(channel, seal.seal(forged, "another.context"))
        answer = await replicas.door.scan()
        first = await heard_within(heard, 1)
        assert isinstance(first, Event)
        assert first.match_number == answer["match_number"]
        seen = b""
        while (message := await spy.get_message(timeout=0.2)) is not None:
            seen = message["data"] if message["type"] == "message" else seen
        assert b"match_number" not in seen  # its two digits may stand in any cipher text
        assert replicas.door.visit["id"].encode() not in seen


async def test_without_redis_a_proven_code_is_answered_and_guesses_are_not(  # row 16
    replicas: Replicas,
) -> None:
    async with replicas.screen(replicas.other) as heard:
        await without_redis(replicas)
        answer = await replicas.door.scan()
        # Nothing of the outage comes late: its customers compare no numbers any more.
        event = await heard_within(heard, 1)
        assert isinstance(event, Event)
        assert event.match_number == answer["match_number"]


async def without_redis(replicas: Replicas) -> None:
    service = replicas.one
    await service.verify(**LOOKUP)
    await replicas.line.cut()
    assert (await replicas.door.scan())["reason"] == "authorised"
    assert (await replicas.door.scan())["reason"] == "authorised"
    refused = await service.call("POST", "/v1/verifications", LOOKUP)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert refused.headers["retry-after"] == "1"
    # Who has an impostor at the door hears the warning, as often as this process allows.
    for _ in range(60):
        assert (await service.verify(visit_code="x"))["verdict"] == "not_genuine"
    wrong = await service.call("POST", "/v1/verifications", {"visit_code": "x"})
    assert wrong.status_code == 429
    await replicas.line.restore()
    await recover(service)
    await replicas.meet()


async def test_a_silent_redis_holds_nobody_up(replicas: Replicas) -> None:  # row 16
    service = replicas.one
    replicas.line.silence()
    began = time.monotonic()
    wrong = {"visit_code": "x"}
    assert (await service.verify(**wrong))["verdict"] == "not_genuine"
    for _ in range(5):
        assert (await replicas.door.scan())["reason"] == "authorised"
        assert (await service.verify(**wrong))["verdict"] == "not_genuine"
    assert (await service.call("POST", "/v1/verifications", LOOKUP)).status_code == 503
    # One asks Redis and waits half a second; if each of the seven that could did, it would be 3.5.
    assert time.monotonic() - began < 3
    await replicas.line.restore()
    await recover(service)


async def recover(service: Service) -> None:
    async def is_back() -> bool:
        return (await service.call("POST", "/v1/verifications", LOOKUP)).status_code == 200

    await until(is_back, 5)


async def test_a_service_starts_without_redis(migrated_url: str, tmp_path: Path) -> None:
    async with line_to_redis() as line:
        await line.cut()
        chosen: dict[str, Any] = {"rate_limits": "on", "redis_url": line.url}
        async with running(migrated_url, tmp_path / "data", **chosen) as service:
            assert (await (await open_door(service)).scan())["reason"] == "authorised"
            await line.restore()
            await recover(service)
