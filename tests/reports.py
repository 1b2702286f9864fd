"""Reports and images that tests send."""

import io
import json
import os
from datetime import timedelta
from typing import Any, Final

import httpx
from PIL import Image

from db.reports import Report
from domain.callers import Role
from tests.services import NOON, Service

REPORT: Final[dict[str, Any]] = {
    "occurred_at": "2026-11-24T11:30:00+08:00",
    "description": "He said 陳先生 owed money and wanted cash <script>alert(1)</script>",
    "place": {"text": "1 Harbour Road, 5F", "latitude": 25.03, "longitude": 121.56},
    "claimed": {"name": "王大明", "badge_number": "b-s-1", "phone": "0912 345 678"},
    "asked_for": ["cash", "entry"],
    "contact": {"name": "Reporter Lee", "phone": "0933 444 555", "email": "lee@example.org"},
}


def image(kind: str = "JPEG", size: tuple[int, int] = (300, 200), **more: Any) -> bytes:  # noqa: ANN401 - what PIL takes
    """Return a sound image of noise."""
    written = io.BytesIO()
    Image.frombytes("RGB", size, os.urandom(size[0] * size[1] * 3)).save(written, kind, **more)
    return written.getvalue()


async def send(service: Service, *evidence: bytes, **changes: Any) -> httpx.Response:  # noqa: ANN401 - JSON
    """Send a report with images, as anybody."""
    files: list[Any] = [
        ("report", (None, json.dumps({**REPORT, **changes}).encode(), "application/json"))
    ]
    files += [("evidence", ("a.jpg", one, "image/jpeg")) for one in evidence]
    return await service.client.post("/v1/reports", files=files)


async def queue(service: Service, **filters: str) -> list[dict[str, Any]]:
    """Return the queue as an analyst sees it."""
    listed = await service.call("GET", "/v1/fraud/reports", role=Role.FRAUD, params=filters)
    assert listed.status_code == 200, listed.text
    items: list[dict[str, Any]] = listed.json()["items"]
    return items


def files_of(service: Service) -> list[str]:
    """Return what lies in the evidence folder."""
    folder = service.runtime.evidence.folder
    return sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []


def bare_report(number: int, searched: str = "") -> Report:
    """Return a row with nothing around it, a minute younger than the one before."""
    return Report(
        id=f"rp_{number}",
        tracking_hash=number.to_bytes(4, "big"),
        status="new",
        severity="low",
        kind="impersonation",
        received_at=NOON + timedelta(minutes=number),
        received_on=NOON.date(),
        updated_at=NOON,
        occurred_at=NOON,
        description="-",
        asked_for=[],
        search_text=searched,
        language="en",
    )
