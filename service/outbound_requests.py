"""Requests that go out on somebody's word, guarded against SSRF (threat 22).

The host is resolved once, every address it has is judged, and the connection goes to an address
that was judged: a name that changes its mind in between changes nothing. TLS still proves the
name. No redirect is followed, no proxy of the environment is used, no body is read.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv6Address, ip_address
from typing import Final

import httpx

from domain.refusals import Refused
from verifiers.outbound_target import OutboundPolicy, OutboundTarget

PATIENCE: Final = 10.0
"""Seconds for all of a request, resolution and handshake included."""
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a host; raises OSError when it has none."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=1)  # SOCK_STREAM
    return [str(one[4][0]) for one in found]


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()  # the system's authorities


@dataclass(frozen=True, slots=True)
class Outbound:
    """How requests go out: what the policy allows, resolved and proven by these."""

    policy: OutboundPolicy = field(default_factory=OutboundPolicy)
    resolve: Resolve = resolve
    trust: Callable[[], ssl.SSLContext] = _trust

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> int | Refused:
        """Post and return the status, whatever it is, or why there is none."""
        target = self.policy.judge_url(url)
        if isinstance(target, Refused):
            return target
        try:
            async with asyncio.timeout(PATIENCE):
                addresses = await self.resolve(target.host, target.port)
                refusals = [found for one in addresses if (found := self.policy.judge_address(one))]
                if refusals:
                    return refusals[0]
                return await self._send(target, addresses[0], content, headers)
        except TimeoutError:
            return Refused("too_slow")
        except (OSError, UnicodeError, IndexError, httpx.HTTPError, httpx.InvalidURL):
            return Refused("unreachable")

    async def _send(
        self, target: OutboundTarget, address: str, content: bytes, headers: Mapping[str, str]
    ) -> int:
        literal = f"[{address}]" if isinstance(ip_address(address), IPv6Address) else address
        async with (
            httpx.AsyncClient(verify=self.trust(), trust_env=False, timeout=PATIENCE) as client,
            client.stream(
                "POST",
                f"{target.scheme}://{literal}:{target.port}{target.path}",
                content=content,
                headers={**headers, "Host": target.authority},
                extensions={"sni_hostname": target.host},
            ) as answer,
        ):
            return answer.status_code
