"""Receivers of webhooks that tests run, and the ways in which attackers name this machine."""

import asyncio
import json
import ssl
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlmodel import col, select
from typing_extensions import override

from db.units_of_work import reading
from db.webhooks import WebhookDelivery
from domain.callers import Caller, Role
from domain.refusals import Refused
from domain.webhooks import WebhookEvent
from service import webhooks
from service.outbound_requests import Outbound
from service.runtime import Runtime
from verifiers.outbound_target import OutboundPolicy, OutboundTarget, parse_target

HOST: Final = "hooks.bank.example"
# Each of them reaches this machine, a neighbour or a secret on some stack. They name the listed
# host where that is the trick.
HOSTILE_URLS: Final = (
    "http://hooks.bank.example/",
    "HTTPS://hooks.bank.example/",
    "https:hooks.bank.example/",
    "https:/hooks.bank.example/",
    "https:///hooks.bank.example/",
    "https://hooks.bank.example:80/",
    "https://hooks.bank.example:8443/",
    "https://hooks.bank.example:22/",
    "https://hooks.bank.example:/",
    "https://hooks.bank.example:0443/",
    "https://hooks.bank.example:99999/",
    "https://hooks.bank.example./",
    "https://HOOKS.bank.example/",
    "https://hooks.bank.example#@127.0.0.1/",
    "https://hooks.bank.example@127.0.0.1/",
    "https://user:pass@hooks.bank.example/",
    "https://127.0.0.1@hooks.bank.example/",
    "https://hooks.bank.example\\@127.0.0.1/",
    "https://127.0.0.1\\.hooks.bank.example/",
    "https://hooks.bank.example%00.evil.example/",
    "https://hooks.bank.example%2f@evil.example/",
    "https://hooks.bank.example\r\nHost: evil.example/",
    "https://hooks.bank.example /",
    " https://hooks.bank.example/",
    "https://hooks.bank.example\t/",
    "https://hooks\u3002bank.example/",
    "https://\u24d7ooks.bank.example/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://0/",
    "https://localhost/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::]/",
    "https://[fe80::1%25eth0]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://evil.example/",
    "https://hooks.bank.example.evil.example/",
    "https://evil.example/hooks.bank.example",
    "ftp://hooks.bank.example/",
    "file:///etc/passwd",
    "gopher://hooks.bank.example/_x",
    "//hooks.bank.example/",
    "https://",
    "https://[/",
    "",
    f"https://hooks.bank.example/{'a' * 2048}",
)
HOSTILE_ADDRESSES: Final = (
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104 - an address that is refused
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2606:2800:21f::1%eth0",
    "not an address",
)


@dataclass(frozen=True, slots=True)
class UnsafeOutboundPolicy(OutboundPolicy):
    """Lets the service call this machine; it is no part of the product: no setting chooses it."""

    def __post_init__(self) -> None:
        """Warn whoever uses it."""
        warnings.warn("UnsafeOutboundPolicy lets the service call itself", stacklevel=3)

    @override
    def judge_url(self, url: str) -> OutboundTarget | Refused:
        """Return where a URL leads, whatever it is."""
        return parse_target(url)

    @override
    def judge_address(self, address: str) -> Refused | None:
        """Refuse nothing."""
        return None


@dataclass
class Heard:
    """A request that a receiver got."""

    line: str
    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    """A server of this machine; `statuses` are its next answers, then 204."""

    url: str
    port: int
    statuses: list[int] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    connections: int = 0
    more: str = ""
    """Further header lines of every answer."""
    endless: bool = False
    """Whether a body follows that never ends."""
    gate: asyncio.Event | None = None
    """What an answer waits for."""

    async def hears(self, number: int) -> None:
        """Wait until so many requests have come."""

        async def has_heard() -> bool:
            return len(self.heard) >= number

        await until(has_heard)


@asynccontextmanager
async def receiving(trust: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Run a receiver until the block ends."""
    receiver = Receiver("", 0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        receiver.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *rest = head.strip().split("\r\n")
            headers = {
                name.lower(): value for name, _, value in (one.partition(": ") for one in rest)
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            receiver.heard.append(Heard(line, headers, body.decode()))
            if receiver.gate is not None:
                await receiver.gate.wait()
            status = receiver.statuses.pop(0) if receiver.statuses else 204
            length = "" if receiver.endless else "Content-Length: 0\r\n"
            head = f"HTTP/1.1 {status} x\r\n{length}{receiver.more}Connection: close\r\n\r\n"
            writer.write(head.encode())
            while receiver.endless:
                writer.write(b"x" * 65536)
                await writer.drain()
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=trust)
    receiver.port = server.sockets[0].getsockname()[1]
    receiver.url = f"http{'s' if trust else ''}://127.0.0.1:{receiver.port}/hook"
    try:
        yield receiver
    finally:
        server.close()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that happens by itself."""
    began = time.monotonic()
    while not await holds():
        assert time.monotonic() - began < 10
        await asyncio.sleep(0.01)


def unsafe_outbound() -> Outbound:
    """Return requests that may go to this machine."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        policy = UnsafeOutboundPolicy()
    assert [str(one.message) for one in warned] == [
        "UnsafeOutboundPolicy lets the service call itself"
    ]
    return Outbound(policy)


def unsafely(runtime: Runtime) -> Runtime:
    """Return a runtime that may call this machine."""
    return replace(runtime, outbound=unsafe_outbound())


async def listen(runtime: Runtime, event: WebhookEvent) -> None:
    """Let somebody hear of an event whom nothing is delivered to."""
    admin = Caller("A-1", frozenset({Role.ADMIN}))
    await webhooks.add(unsafely(runtime), admin, "https://127.0.0.1/", [event])


async def outbox_of(runtime: Runtime) -> list[dict[str, Any]]:
    """Return the bodies of all messages, the first first."""
    async with reading(runtime.engine) as session:
        query = select(WebhookDelivery.payload).order_by(col(WebhookDelivery.created_at))
        return [json.loads(one) for one in (await session.exec(query)).all()]


def resolving(runtime: Runtime, *answers: Sequence[str]) -> tuple[Runtime, list[str]]:
    """Return a runtime that allows HOST and gets these addresses in turn, and who is asked for."""
    left, asked = list(answers), list[str]()

    async def resolve(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return left.pop(0) if len(left) > 1 else left[0]

    outbound = Outbound(OutboundPolicy({HOST}), resolve)
    return replace(runtime, outbound=outbound), asked
