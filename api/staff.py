"""The registry of staff, photos and badges over HTTP."""

from datetime import date
from typing import Final

from fastapi import APIRouter, Request

from api.authorisation import Authorised
from api.runtimes import Running
from api.wire import Day, Line, Shown, Wire, Word
from domain.states import BadgeStatus, StaffStatus
from service import photos, staff
from service.staff import StaffDraft

router = APIRouter(tags=["registry"])
_IMAGE: Final = {
    "required": True,
    "content": {
        media_type: {"schema": {"type": "string", "format": "binary"}}
        for media_type in ("image/jpeg", "image/png", "image/webp")
    },
}


class StaffRequest(Wire):
    """A new staff member."""

    staff_number: Word
    name: Line
    name_latin: Line | None = None
    employer: Line
    agency_id: Word | None = None
    phone: Word | None = None
    status: StaffStatus


class StaffChangeRequest(Wire):
    """What changes."""

    status: StaffStatus


class StaffResponse(Shown):
    """A staff member as the registry keeps him."""

    staff_number: str
    name: str
    name_latin: str | None
    employer: str
    agency_id: str | None
    status: StaffStatus
    photo_sha256: str | None


class PhotoResponse(Shown):
    """The digest (hex) of the stored photo, which visit tokens bind."""

    sha256: str


class BadgeRequest(Wire):
    """A printed badge; the last day is inclusive."""

    number: Word
    staff_number: Word
    expires_on: Day


class BadgeChangeRequest(Wire):
    """What changes."""

    status: BadgeStatus


class BadgeResponse(Shown):
    """A printed badge."""

    number: str
    expires_on: date
    status: BadgeStatus


@router.post("/v1/registry/staff", status_code=201)
async def add(runtime: Running, _caller: Authorised, asked: StaffRequest) -> StaffResponse:
    """Add a staff member."""
    draft = StaffDraft(**asked.model_dump())
    return StaffResponse.model_validate(await staff.add_staff(runtime, draft))


@router.get("/v1/registry/staff/{staff_number}")
async def read(runtime: Running, _caller: Authorised, staff_number: str) -> StaffResponse:
    """Read a staff member."""
    return StaffResponse.model_validate(await staff.read_staff(runtime, staff_number))


@router.patch("/v1/registry/staff/{staff_number}")
async def change(
    runtime: Running, _caller: Authorised, staff_number: str, asked: StaffChangeRequest
) -> StaffResponse:
    """Set the status, effective at the next scan."""
    changed = await staff.change_status(runtime, staff_number, asked.status)
    return StaffResponse.model_validate(changed)


@router.put(
    "/v1/registry/staff/{staff_number}/photo",
    openapi_extra={"requestBody": _IMAGE},
)
async def put_photo(
    request: Request, runtime: Running, _caller: Authorised, staff_number: str
) -> PhotoResponse:
    """Store the photo from the raw body; metadata is stripped."""
    content = await request.body()
    return PhotoResponse(sha256=await photos.put_photo(runtime, staff_number, content))


@router.post("/v1/registry/badges", status_code=201)
async def add_badge(runtime: Running, _caller: Authorised, asked: BadgeRequest) -> BadgeResponse:
    """Add a printed badge."""
    badge = await staff.add_badge(runtime, asked.number, asked.staff_number, asked.expires_on)
    return BadgeResponse.model_validate(badge)


@router.patch("/v1/registry/badges/{number}")
async def change_badge(
    runtime: Running, _caller: Authorised, number: str, asked: BadgeChangeRequest
) -> BadgeResponse:
    """Set the status, effective at the next look-up."""
    return BadgeResponse.model_validate(await staff.change_badge(runtime, number, asked.status))
