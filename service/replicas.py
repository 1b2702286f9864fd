"""Live events between the replicas of one deployment, over Redis or Valkey.

A screen may hang on another replica than the one that answered the customer. An event that is lost
here is no more than late: a screen reads its rights again by itself (`visit_screens.LOOK_AGAIN`).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, NoReturn

import structlog
from pydantic import RedisDsn, TypeAdapter, ValidationError
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as LostError
from redis.exceptions import RedisError

from domain.errors import InvalidError
from domain.randomness import Randomness
from service.background_work import Works, alongside
from service.events import Broker, Event, Outbox, TeamNews
from service.sealing import Seal, UnsealableError

_PATIENCE: Final = 0.5  # seconds to connect, and as many for an answer
_PAUSE: Final = 1.0  # seconds before Redis is tried again
_LIVENESS: Final = 15  # seconds of silence after which a connection is pinged
_WAITING: Final = 256  # events that may wait for Redis before the oldest is lost
_CONTEXT: Final = "replicas.event"
_LOG: Final = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Message:
    sender: str
    topic: str
    event: Event | TeamNews


_MESSAGE: Final = TypeAdapter(_Message)


def channel_of(seal: Seal) -> str:
    """Return where the replicas under one data key meet, and nobody who lacks it."""
    return f"menshen:{seal.find('events', 'redis').hex()}"


@asynccontextmanager
async def sharing(
    url: RedisDsn | None,
    brokers: tuple[Broker[Event], Broker[TeamNews]],
    seal: Seal,
    randomness: Randomness,
    failing: set[str],
) -> AsyncIterator[Redis | None]:
    """Exchange the brokers' events with the other replicas while the block runs.

    Yields the client, for whatever else is shared; None without a URL. Nothing here waits for
    Redis to be there; `failing` is told of what fails by our fault. Raises InvalidError for an
    option in the URL that there is none of.
    """
    if url is None:
        yield None
        return
    redis = Redis.from_url(  # connected at the first use
        str(url),
        socket_timeout=_PATIENCE,
        socket_connect_timeout=_PATIENCE,
        health_check_interval=_LIVENESS,
        retry=Retry(NoBackoff(), 1, (LostError,)),  # a connection that is found dead is replaced
    )
    try:  # connects to nothing, but stops a start on nonsense
        redis.connection_pool.make_connection()  # type: ignore[no-untyped-call]  # theirs to type
    except TypeError as error:
        message = f"MENSHEN_REDIS_URL has an option that there is not: {error}"
        raise InvalidError(message) from error
    outbox: Outbox = asyncio.Queue(_WAITING)
    for broker in brokers:
        broker.outbox = outbox
    relay = _Relay(redis, *brokers, seal, channel_of(seal), randomness(16).hex())
    try:
        works: Works = {"events_out": partial(relay.send, outbox), "events_in": relay.hear}
        async with alongside(works, failing):
            yield redis
    finally:
        await redis.aclose()


@dataclass(frozen=True, slots=True)
class _Relay:
    """Redis sees sealed bytes only.

    Who reads there learns no visit and no match number; who writes there can repeat an old event,
    and neither make one nor keep a screen open.
    """

    redis: Redis
    visits: Broker[Event]
    team: Broker[TeamNews]
    seal: Seal
    channel: str
    sender: str

    async def send(self, outbox: Outbox) -> None:
        """Publish what this process tells its own screens; what cannot go at once is dropped."""
        while True:
            message = _MESSAGE.dump_json(_Message(self.sender, *await outbox.get()))
            try:
                await self.redis.publish(self.channel, self.seal.seal(message, _CONTEXT))
            except (RedisError, OSError):
                await asyncio.sleep(_PAUSE)
                while not outbox.empty():  # an old number on a screen is worse than none
                    outbox.get_nowait()

    async def hear(self) -> None:
        """Hand on what other replicas publish; a lost connection is made again, and said once."""
        was_lost = False
        while True:
            try:
                async with self.redis.pubsub() as subscription:
                    await subscription.subscribe(self.channel)
                    if was_lost:
                        _LOG.info("redis_is_back")
                    was_lost = False
                    await self._hand_on(subscription)
            except (RedisError, OSError) as error:
                if not was_lost:
                    _LOG.warning("redis_is_lost", error=type(error).__name__)
                was_lost = True
            await asyncio.sleep(_PAUSE)

    async def _hand_on(self, subscription: PubSub) -> NoReturn:
        while True:
            found = await subscription.get_message(
                ignore_subscribe_messages=True, timeout=_LIVENESS
            )
            message = None if found is None else self._open(found["data"])
            if message is not None and message.sender != self.sender:
                self._deliver(message.topic, message.event)

    def _deliver(self, topic: str, event: Event | TeamNews) -> None:
        if isinstance(event, TeamNews):
            self.team.deliver(topic, event)
        else:
            self.visits.deliver(topic, event)

    def _open(self, data: bytes) -> _Message | None:
        try:
            return _MESSAGE.validate_json(self.seal.unseal(data, _CONTEXT))
        except (UnsealableError, ValidationError):  # a stranger's, or another version's
            return None
