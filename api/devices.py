"""Staff phones over HTTP."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from api.authorisation import Authorised
from api.runtimes import Running
from api.wire import Shown, Text, Wire, Word
from domain.states import DeviceStatus
from service import devices

router = APIRouter(tags=["devices"])


class DeviceRequest(Wire):
    """A phone's public key, and the code that enrols it."""

    jwk: Annotated[dict[str, Any], Field(max_length=16)]
    label: Annotated[Word, Field(max_length=100)]
    enrolment_code: Text | None = None


class DeviceResponse(Shown):
    """A phone; `jkt` is its key's thumbprint."""

    id: str
    jkt: str
    status: DeviceStatus


class EnrolmentCodeRequest(Wire):
    """Whose phone is to be enrolled."""

    staff_number: Word


class EnrolmentCodeResponse(Shown):
    """A single-use code, told once."""

    code: str
    expires_at: datetime


@router.post("/v1/devices", status_code=201)
async def enrol(runtime: Running, caller: Authorised, asked: DeviceRequest) -> DeviceResponse:
    """Enrol the caller's phone: active with a valid code of his, else pending."""
    device = await devices.enrol(runtime, caller, asked.jwk, asked.label, asked.enrolment_code)
    return DeviceResponse.model_validate(device)


@router.get("/v1/devices/{device_id}")
async def read(runtime: Running, caller: Authorised, device_id: str) -> DeviceResponse:
    """Read the caller's own phone: whether it was approved, or revoked."""
    return DeviceResponse.model_validate(await devices.read_own(runtime, caller, device_id))


@router.post("/v1/devices/{device_id}/approve")
async def approve(runtime: Running, _caller: Authorised, device_id: str) -> DeviceResponse:
    """Let a pending phone sign."""
    return DeviceResponse.model_validate(await devices.approve(runtime, device_id))


@router.post("/v1/devices/{device_id}/revoke")
async def revoke(runtime: Running, caller: Authorised, device_id: str) -> DeviceResponse:
    """Refuse a phone's codes from the next scan on."""
    return DeviceResponse.model_validate(await devices.revoke(runtime, caller, device_id))


@router.post("/v1/registry/enrolment-codes", status_code=201)
async def add_code(
    runtime: Running, _caller: Authorised, asked: EnrolmentCodeRequest
) -> EnrolmentCodeResponse:
    """Make a code with which a staff member enrols one phone within 15 minutes."""
    code = await devices.add_enrolment_code(runtime, asked.staff_number)
    return EnrolmentCodeResponse.model_validate(code)
