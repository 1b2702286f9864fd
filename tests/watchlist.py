"""Entries of the watchlist that tests add, and sightings that they read."""

from datetime import timedelta
from typing import Any

import httpx

from domain.callers import Role
from tests.services import Service

PATH = "/v1/fraud/watchlist"


async def watch(
    service: Service, kind: str, value: str, by: str = "A-1", minutes: int = 24 * 60
) -> httpx.Response:
    """Ask to watch for a value for a while."""
    body = {
        "kind": kind,
        "value": value,
        "note": "seen at three doors",
        "expires_at": (service.now + timedelta(minutes=minutes)).isoformat(),
    }
    return await service.call("POST", PATH, body, role=Role.FRAUD, subject=by)


async def watched(
    service: Service, kind: str, value: str, minutes: int = 24 * 60
) -> dict[str, Any]:
    """Return an entry that is in effect, approved by a second person where it has to be."""
    added = await watch(service, kind, value, minutes=minutes)
    assert added.status_code == 201, added.text
    entry: dict[str, Any] = added.json()
    if entry["state"] == "awaiting_approval":
        entry = await service.make(f"{PATH}/{entry['id']}/approve", None, Role.FRAUD, "A-2")
    assert entry["state"] == "active"
    return entry


async def seen(service: Service, **filters: str) -> list[dict[str, Any]]:
    """Return the sightings as an analyst reads them, the last first."""
    path = "/v1/fraud/sightings"
    listed = await service.call("GET", path, role=Role.FRAUD, params=filters)
    assert listed.status_code == 200, listed.text
    items: list[dict[str, Any]] = listed.json()["items"]
    return items
