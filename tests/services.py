"""A whole service over HTTP with a clock of its own, and the people who use it."""

import base64
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from asgi import make_app
from domain.callers import Caller, Role
from domain.randomness import system_randomness
from domain.states import Mode
from service import access_tokens
from service.runtime import Runtime
from service.settings import Settings
from verifiers import device_proof, jose_gate, visit_code

ORIGIN: Final = "https://verify.bank.example"
NOON: Final = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # in Taipei
HOME: Final = {"latitude": 25.0330, "longitude": 121.5654}
FAR: Final = {"latitude": 25.2130, "longitude": 121.5654}  # 20 km north


@dataclass
class Phone:
    """A staff phone: its key, its device id, the token it fetched."""

    staff_number: str
    private_key: ec.EllipticCurvePrivateKey
    device_id: str = ""
    token: dict[str, Any] = field(default_factory=dict)

    def code(self, at: datetime, *, ref: str | None = None) -> str:
        """Return the text on the screen at an instant."""
        step = device_proof.step_at(at.timestamp())
        shown = ref or self.token["ref"]
        signed = jose_gate.sign_bytes(device_proof.proof_input(shown, step), self.private_key)
        return visit_code.build(ORIGIN, jose_gate.decode(shown) or b"", step, signed)


@dataclass
class Service:
    """The service under test, reached as a client would, at a time of the test's choosing."""

    client: httpx.AsyncClient
    runtime: Runtime
    clock: list[datetime]

    @property
    def now(self) -> datetime:
        """The service's present."""
        return self.clock[0]

    def wait(self, **duration: float) -> None:
        """Let time pass."""
        self.clock[0] += timedelta(**duration)

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        role: Role | None = None,
        subject: str = "tester",
        **more: Any,  # noqa: ANN401 - whatever httpx takes
    ) -> httpx.Response:
        """Make a request, as a caller with one role or as nobody."""
        headers = more.pop("headers", {})
        if role is not None:
            token = access_tokens.issue(self.runtime, Caller(subject, frozenset({role})))
            headers = {"Authorization": f"Bearer {token}", **headers}
        if body is not None:
            more["json"] = body
        return await self.client.request(method, path, headers=headers, **more)

    async def make(self, path: str, body: object, role: Role, subject: str = "tester") -> Any:  # noqa: ANN401 - JSON
        """Post something that must succeed and return its JSON."""
        response = await self.call("POST", path, body, role=role, subject=subject)
        assert response.status_code in {200, 201}, response.text
        return response.json()

    async def verify(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Ask as a customer and return the answer."""
        response = await self.call("POST", "/v1/verifications", asked)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def add_staff(
        self, number: str, name: str, agency_id: str | None = None, *, has_photo: bool = True
    ) -> None:
        """Put somebody with a badge, and a photo unless he has none, into the registry."""
        member = {
            "staff_number": number,
            "name": name,
            "employer": "Harbour Bank",
            "status": "active",
            "agency_id": agency_id,
            "phone": "+886 900 000 001",
        }
        await self.make("/v1/registry/staff", member, Role.REGISTRY)
        badge = {"number": f"B-{number}", "staff_number": number, "expires_on": "2027-12-31"}
        await self.make("/v1/registry/badges", badge, Role.REGISTRY)
        if not has_photo:
            return
        put = await self.call(
            "PUT",
            f"/v1/registry/staff/{number}/photo",
            role=Role.REGISTRY,
            content=photo(len(number)),
        )
        assert put.status_code == 200, put.text

    async def enrol(self, number: str) -> Phone:
        """Give somebody an active phone."""
        code = await self.make(
            "/v1/registry/enrolment-codes", {"staff_number": number}, Role.REGISTRY
        )
        phone = Phone(number, ec.generate_private_key(ec.SECP256R1()))
        body = {
            "jwk": jose_gate.public_jwk(phone.private_key),
            "label": "phone",
            "enrolment_code": code["code"],
        }
        device = await self.make("/v1/devices", body, Role.STAFF, number)
        assert device["status"] == "active"
        phone.device_id = device["id"]
        return phone

    async def plan(self, *staff: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Plan a visit that started ten minutes ago."""
        visit: dict[str, Any] = await self.make(
            "/v1/visits", draft(self.now, *staff, **changes), Role.DISPATCHER
        )
        return visit

    async def fetch(self, phone: Phone, visit_id: str) -> None:
        """Fetch a token onto a phone."""
        phone.token = await self.make(
            f"/v1/visits/{visit_id}/tokens",
            {"device_id": phone.device_id},
            Role.STAFF,
            phone.staff_number,
        )


@dataclass
class Door:
    """A genuine visitor at a door."""

    service: Service
    phone: Phone
    visit: dict[str, Any]

    def code(self) -> str:
        """Return what his screen shows now."""
        return self.phone.code(self.service.now)

    async def scan(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Scan his screen now."""
        return await self.service.verify(visit_code=self.code(), **more)


def draft(now: datetime, *staff: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return a visit's request."""
    starts = now - timedelta(minutes=10)
    return {
        "customer_ref": "C-77",
        "customer_phone": "0912 345 678",
        "customer_kind": "individual",
        "address": {"text": "1 Harbour Road", "time_zone": "Asia/Taipei", **HOME},
        "place_hint": "the blue gate",
        "purpose": "overdue",
        "documents": ["identity confirmation"],
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=1)).isoformat(),
        "staff": list(staff) or ["S-1"],
        "language": "en",
        **changes,
    }


def photo(seed: int = 0) -> bytes:
    """Return a small PNG."""
    written = io.BytesIO()
    Image.new("RGB", (64, 80), (40 * seed % 256, 90, 120)).save(written, "PNG")
    return written.getvalue()


@asynccontextmanager
async def running(
    url: str,
    folder: Path,
    *,
    works: Any = False,  # noqa: ANN401 - a bool: mypy takes any spread mapping for it
    **settings: Any,  # noqa: ANN401 - any setting
) -> AsyncIterator[Service]:
    """Run a service on a migrated database until the block ends.

    Unless it `works`, nothing happens by itself: that would come between a test's statements.
    """
    chosen: dict[str, Any] = {
        "mode": Mode.DEMO,
        "data_dir": folder,
        "database_url": url,
        "public_url": ORIGIN,
        "rate_limits": "off",
        "key_encryption_key": base64.b64encode(bytes(32)).decode(),
        "contacts": ("DemoBank",),
        **settings,
    }
    clock = [NOON]
    app = make_app(Settings(**chosen), ORIGIN, lambda: clock[0], system_randomness, has_work=works)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client,
    ):
        yield Service(client, app.state.runtime, clock)


async def open_door(service: Service, *staff: str, **changes: Any) -> Door:  # noqa: ANN401 - JSON
    """Register, enrol, plan and fetch: a visitor stands at the door."""
    for number in staff or ("S-1",):
        await service.add_staff(number, {"S-1": "林志明", "S-2": "陳美玲"}[number])
    visit = await service.plan(*(staff or ("S-1",)), **changes)
    phone = await service.enrol("S-1")
    await service.fetch(phone, visit["id"])
    return Door(service, phone, visit)
