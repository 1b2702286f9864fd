"""The registry over HTTP."""

import io
from typing import Any

import pytest
from PIL import Image

from domain.callers import Role
from tests.services import Door, Service, photo


async def test_staff_are_added_once_and_read(service: Service) -> None:
    await service.add_staff("S-1", "林志明")
    again = await service.call(
        "POST",
        "/v1/registry/staff",
        {"staff_number": "S-1", "name": "x", "employer": "x", "status": "active"},
        role=Role.REGISTRY,
    )
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    found = (await service.call("GET", "/v1/registry/staff/S-1", role=Role.AUDITOR)).json()
    assert found["name"] == "林志明"
    assert "phone" not in found
    badge = {"number": "B-S-1", "staff_number": "S-1", "expires_on": "2027-01-01"}
    twice = await service.call("POST", "/v1/registry/badges", badge, role=Role.REGISTRY)
    assert twice.status_code == 409


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/registry/staff/none", None),
        ("PATCH", "/v1/registry/staff/none", {"status": "left"}),
        ("PATCH", "/v1/registry/badges/none", {"status": "lost"}),
        (
            "POST",
            "/v1/registry/badges",
            {"number": "B", "staff_number": "none", "expires_on": "2027-01-01"},
        ),
        ("POST", "/v1/registry/enrolment-codes", {"staff_number": "none"}),
    ],
)
async def test_who_is_unknown_is_not_found(
    service: Service, method: str, path: str, body: object
) -> None:
    found = await service.call(method, path, body, role=Role.REGISTRY)
    assert (found.status_code, found.json()["code"]) == (404, "not_found")


async def test_an_unknown_agency_employs_nobody(service: Service) -> None:
    member = {
        "staff_number": "S-1",
        "name": "x",
        "employer": "x",
        "status": "active",
        "agency_id": "ag_none",
    }
    refused = await service.call("POST", "/v1/registry/staff", member, role=Role.REGISTRY)
    assert refused.status_code == 422


async def test_a_contract_out_of_order_is_refused(service: Service) -> None:
    agency = {
        "name": "x",
        "licence": "x",
        "contract_starts_on": "2026-02-01",
        "contract_ends_on": "2026-01-01",
        "assessed_on": "2026-01-01",
        "phones": [],
        "regions": [],
    }
    refused = await service.call("POST", "/v1/registry/agencies", agency, role=Role.REGISTRY)
    assert refused.status_code == 422


async def test_a_new_photo_refuses_tokens_issued_before(door: Door) -> None:
    put = await door.service.call(
        "PUT", "/v1/registry/staff/S-1/photo", role=Role.REGISTRY, content=photo(5)
    )
    assert len(put.json()["sha256"]) == 64
    assert (await door.scan())["reason"] == "not_authorised"


def written(image: Image.Image, kind: str, **more: Any) -> bytes:  # noqa: ANN401 - what Pillow takes
    content = io.BytesIO()
    image.save(content, kind, **more)
    return content.getvalue()


async def test_photos_lose_what_is_not_picture(service: Service) -> None:
    await service.add_staff("S-1", "林志明")
    image = Image.new("RGB", (1000, 2000), "#446688")
    exif = Image.Exif()
    exif[0x010E] = "SECRET PLACE"
    content = written(image, "JPEG", exif=exif) + b"<script>alert(1)</script>"
    put = await service.call(
        "PUT", "/v1/registry/staff/S-1/photo", role=Role.REGISTRY, content=content
    )
    kept = service.runtime.photos.read(put.json()["sha256"]) or b""
    assert b"SECRET" not in kept
    assert b"script" not in kept
    assert max(Image.open(io.BytesIO(kept)).size) == 640


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422),
        (b"GIF89a", 422),
        (photo()[:60], 422),
        (written(Image.new("1", (6000, 6000)), "PNG"), 422),
        (b"x" * 10_000_001, 413),
    ],
    ids=["empty", "svg", "gif", "cut", "pixels", "bytes"],
)
async def test_what_is_no_photo_is_refused(service: Service, content: bytes, status: int) -> None:
    await service.add_staff("S-1", "林志明")
    refused = await service.call(
        "PUT", "/v1/registry/staff/S-1/photo", role=Role.REGISTRY, content=content
    )
    assert refused.status_code == status


async def test_a_photo_swapped_on_disk_is_not_shown(door: Door) -> None:
    answer = await door.scan()
    url = answer["visitor"]["photo_url"].partition("/photos")[2]
    for file in door.service.runtime.photos.folder.iterdir():
        file.write_bytes(photo(9))
    assert (await door.service.call("GET", f"/photos{url}")).status_code == 404
    for file in door.service.runtime.photos.folder.iterdir():
        file.unlink()
    assert (await door.service.call("GET", f"/photos{url}")).status_code == 404
