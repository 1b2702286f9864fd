"""Limits on look-ups, reports, and codes that prove nothing. A proven code is never limited."""

import asyncio
import math
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final, Self

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.errors import RateLimitedError, UnavailableError
from service.sealing import Seal

_PAUSE: Final = 1.0  # seconds for which a silent Redis is asked by nobody


class SharedWindows:
    """Windows that all replicas count in, on Redis.

    While Redis is silent one call a second asks whether it is back and the others do not wait, so
    that a flood of failed codes cannot hold the places of honest checks. Redis sees a keyed hash
    where the name of a window would hold a client's address.
    """

    def __init__(self, redis: Redis, seal: Seal) -> None:
        """Bind the server, and the seal that sets one deployment's windows apart."""
        storage = RedisStorage(
            "redis://",  # not used: the pool knows where
            implementation="redispy",
            key_prefix=f"menshen:{seal.find('limits', 'redis').hex()}",
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]  # as documented
        )
        self._limiter, self._seal = MovingWindowRateLimiter(storage), seal
        self._silent_until = 0.0

    async def count(self, limit: RateLimitItem, whose: str) -> int:
        """Return 0, or in how many seconds the window has room; raises UnavailableError."""
        now = asyncio.get_running_loop().time()
        if now < self._silent_until:
            raise UnavailableError
        if self._silent_until:
            self._silent_until = now + _PAUSE  # this call asks; the others go on not waiting
        try:
            seconds = await _count(self._limiter, limit, self._seal.find(whose, "limits").hex())
        except (RedisError, OSError) as error:
            self._silent_until = asyncio.get_running_loop().time() + _PAUSE
            raise UnavailableError from error
        self._silent_until = 0.0
        return seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """Moving windows by client address, and one over all look-ups together.

    While the shared windows are out of reach, look-ups are refused, since each is a guess. Failed
    codes and reports are counted by this process alone: who has an impostor at his door must hear
    the warning and be able to report him.
    """

    _own: MovingWindowRateLimiter
    _shared: SharedWindows | None
    _lookups_address: RateLimitItem
    _lookups_total: RateLimitItem
    _failed_codes_address: RateLimitItem
    _reports_address: RateLimitItem

    @classmethod
    def of(
        cls,
        shared: SharedWindows | None,
        *,
        lookups_address: str,
        lookups_total: str,
        failed_codes: str,
        reports: str,
    ) -> Self:
        """Build from texts such as `20/minute`; raises ValueError for another text."""
        own = MovingWindowRateLimiter(MemoryStorage())
        texts = (lookups_address, lookups_total, failed_codes, reports)
        return cls(own, shared, *(parse(text) for text in texts))

    async def count_lookup(self, address: str) -> None:
        """Count a look-up before it is made; raises RateLimitedError and UnavailableError."""
        household = group_of(address)
        for limit, whose in ((self._lookups_address, household), (self._lookups_total, "all")):
            _refuse_beyond(await self._count(limit, whose))

    async def count_failed_code(self, address: str) -> None:
        """Count a code that proved nothing, before it is answered; raises RateLimitedError."""
        _refuse_beyond(await self._count_anyhow(self._failed_codes_address, group_of(address)))

    async def count_report(self, address: str) -> None:
        """Count a report before its body is read; raises RateLimitedError."""
        whose = f"report {group_of(address)}"
        _refuse_beyond(await self._count_anyhow(self._reports_address, whose))

    async def _count(self, limit: RateLimitItem, whose: str) -> int:
        if self._shared is None:
            return await _count(self._own, limit, whose)
        return await self._shared.count(limit, whose)

    async def _count_anyhow(self, limit: RateLimitItem, whose: str) -> int:
        try:
            return await self._count(limit, whose)
        except UnavailableError:
            return await _count(self._own, limit, whose)


async def _count(limiter: MovingWindowRateLimiter, limit: RateLimitItem, whose: str) -> int:
    if await limiter.hit(limit, str(limit), whose):
        return 0
    window = await limiter.get_window_stats(limit, str(limit), whose)
    return max(1, math.ceil(window.reset_time - time.time()))


def _refuse_beyond(seconds: int) -> None:
    if seconds:
        raise RateLimitedError(seconds)


def group_of(address: str) -> str:
    """Return whom an address stands for: a household has a whole IPv6 /64 (RFC 6177)."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False))
