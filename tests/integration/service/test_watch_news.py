"""A check that meets the watchlist is told with its record, once an hour; no other pays for it."""

import asyncio
from typing import Any

import pytest

from db.verifications import Row
from db.webhooks import DeliveryRow
from domain.callers import Caller, Role
from domain.sightings import SightingKind
from domain.webhooks import WebhookEvent
from service import webhooks
from service.recorders import NotRecordedError
from service.sightings import Occasion, Oddity, make_rows
from service.watch_hits import with_messages
from tests.e2e.http.test_watchlist import LOOKUPS
from tests.services import Door, Service
from tests.watchlist import PATH, seen, watched
from tests.webhooks import listen, outbox_of


@pytest.fixture(autouse=True)
async def listener(service: Service) -> None:
    await listen(service.runtime, WebhookEvent.WATCHLIST_HIT)


async def hits(service: Service) -> list[dict[str, Any]]:
    """Return what was told, the first first."""
    told = await outbox_of(service.runtime)
    assert {one["type"] for one in told} <= {"watchlist.hit"}
    return [one["data"] for one in told]


async def test_a_code_whose_bearer_is_watched_is_told_with_its_sighting(door: Door) -> None:
    service = door.service
    for kind, value in (("badge", "b-s-1"), ("device", door.phone.device_id)):
        entry = await watched(service, kind, value)
        before = len(await hits(service))
        answer = await door.scan()
        (sighting, *_) = await seen(service, kind="watchlist_hit")
        assert sighting["verification_id"] == answer["id"]
        told = {"entry_id": entry["id"], "source": "check", "sighting_id": sighting["id"]}
        assert (await hits(service))[before:] == [told]
        await service.call("DELETE", f"{PATH}/{entry['id']}", role=Role.FRAUD)
        service.wait(seconds=30)


@pytest.mark.parametrize(("kind", "value", "asked"), LOOKUPS, ids=[one[1] for one in LOOKUPS])
async def test_a_look_up_of_something_watched_is_told_once_an_hour(
    service: Service, kind: str, value: str, asked: dict[str, str]
) -> None:
    entry = await watched(service, kind, value)
    answers = await asyncio.gather(*(service.verify(**asked) for _ in range(5)))
    assert {one["reason"] for one in answers} == {"reported"}
    (told,) = await hits(service)
    assert (told["entry_id"], told["source"]) == (entry["id"], "look_up")
    service.wait(hours=1)
    await service.verify(**asked)
    again = await hits(service)
    sightings = await seen(service, kind="watchlist_hit")
    assert [one["sighting_id"] for one in again] == [one["id"] for one in reversed(sightings)]
    assert len(again) == 2


async def test_only_who_wants_to_hear_of_hits_does(service: Service) -> None:
    await listen(service.runtime, WebhookEvent.SURGE)
    await listen(service.runtime, WebhookEvent.WATCHLIST_HIT)
    admin = Caller("A-1", frozenset({Role.ADMIN}))
    *_, last = await webhooks.list_receivers(service.runtime)
    await webhooks.remove(service.runtime, admin, last.id)
    await watched(service, "phone", "0977 000 111")
    await service.verify(contact="0977 000 111")
    wanted = WebhookEvent.WATCHLIST_HIT
    hear = [one for one in await webhooks.list_receivers(service.runtime) if wanted in one.events]
    assert len(await hits(service)) == len(hear) == sum(one.pending for one in hear)


async def test_a_check_that_meets_nothing_drafts_no_message(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> list[DeliveryRow]:
        raise AssertionError

    monkeypatch.setattr(webhooks, "draft", fail)
    assert (await door.scan())["reason"] == "authorised"
    odd = await door.service.verify(badge_number="X-99", name="王大明")
    assert odd["reason"] == "unrecognised"
    assert await hits(door.service) == []


async def test_what_is_not_recorded_is_not_told(service: Service) -> None:
    runtime = service.runtime
    entry = await watched(service, "phone", "0977 000 111")

    async def record(number: int, reason: str) -> None:
        row = Row(id=f"ve_{number}", checked_at=service.now, kind="contact", reason=reason)
        occasion = Occasion(row["id"], service.now, f"192.0.2.{number}", None, None)
        hit = Oddity(SightingKind.WATCHLIST_HIT, entry_id=entry["id"])
        odd = with_messages(runtime, make_rows(runtime, occasion, [hit]), "look_up")
        await runtime.recorder.record(row, odd)

    outcomes = await asyncio.gather(
        record(1, "reported"), record(2, "no such reason"), return_exceptions=True
    )
    assert [type(one) for one in outcomes] == [type(None), NotRecordedError]
    (sighting,) = await seen(service)
    assert [one["sighting_id"] for one in await hits(service)] == [sighting["id"]]
