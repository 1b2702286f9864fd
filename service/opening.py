"""From settings to a running service: everything that may refuse to start refuses here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from db import schema
from db.engine import assert_durable
from db.remembered import MODE, Remembered
from db.scans import open_scans
from db.units_of_work import writing
from db.verifications import open_inserts
from domain.clock import Clock
from domain.errors import MenshenError
from domain.randomness import Randomness
from domain.states import Mode
from service import (
    data_keys,
    databases,
    development_issuer,
    evidence,
    regions,
    replicas,
    signing_keys,
)
from service.antivirus import Antivirus
from service.development_issuer import DevelopmentIssuer
from service.events import Broker, Event, TeamNews
from service.key_rings import KeyRings
from service.limits import Limits, SharedWindows
from service.outbound_requests import Outbound
from service.recorders import Recorder
from service.runtime import Runtime
from service.sealing import Seal
from service.settings import Settings
from service.stored_files import StoredFiles
from verifiers.jose_gate import assert_backend
from verifiers.outbound_target import OutboundPolicy
from verifiers.policy import PACKS


class UnsafeStartError(MenshenError):
    """The service must not start as it is set."""

    code = "unsafe_start"


@asynccontextmanager
async def open_runtime(
    settings: Settings, public_url: str, clock: Clock, randomness: Randomness
) -> AsyncIterator[Runtime]:
    """Yield a runtime on a migrated database; `public_url` stands in for an unset one.

    Raises UnsafeStartError, UnsafeRegionError, UnsafeFileError, UnsealableError, and ConflictError
    for a database that is of another version or loses what was committed.
    """
    assert_backend()
    _check_mode(settings)
    region = regions.load(settings.map_file, settings.country)
    settings.make_data_dir()
    engine = settings.make_engine()
    if engine.dialect.name == "sqlite":  # a server's database is migrated by its operator
        await schema.upgrade(settings.database)
    scans, inserts = open_scans(engine), open_inserts(engine)
    try:
        await databases.assert_current(engine)
        await assert_durable(engine)
        await _remember_mode(engine, settings.mode)
        key_seal = await settings.open_seal(engine, randomness)
        await signing_keys.ensure_active(engine, key_seal, clock())
        own_url = settings.public_url or public_url
        seal = await data_keys.ensure(engine, key_seal, randomness, clock())
        brokers = (Broker[Event](), Broker[TeamNews]())
        failing = set[str]()
        async with replicas.sharing(
            settings.redis_url, brokers, seal, randomness, failing
        ) as redis:
            runtime = Runtime(
                mode=settings.mode,
                engine=engine,
                recorder=Recorder(inserts),
                scans=scans,
                keys=KeyRings(engine, key_seal, await signing_keys.load(engine, key_seal)),
                seal=seal,
                clock=clock,
                randomness=randomness,
                public_url=own_url,
                code_url=settings.code_url or own_url,
                pack=PACKS[settings.policy],
                time_zone=ZoneInfo(settings.time_zone),
                country=settings.country,
                hotline=settings.hotline,
                police=settings.police,
                contacts=settings.contacts,
                security_contact=settings.security_contact,
                photos=StoredFiles(settings.data_dir / "photos"),
                evidence=StoredFiles(settings.data_dir / "evidence"),
                originals=StoredFiles(settings.data_dir / "originals"),
                antivirus=None if settings.clamd is None else Antivirus(settings.clamd),
                exit_url=settings.exit_url,
                limits=_make_limits(settings, redis, seal),
                region=region,
                events=brokers[0],
                news=brokers[1],
                issuer=_make_issuer(settings),
                outbound=Outbound(OutboundPolicy(frozenset(settings.webhook_hosts))),
                failing=failing,
            )
            await evidence.remove_orphans(runtime)
            yield runtime
    finally:
        scans.close()
        inserts.close()
        await engine.dispose()


def _check_mode(settings: Settings) -> None:
    if settings.mode is Mode.DEMO:
        return
    if development_issuer.has_key(settings.data_dir):
        message = f"{settings.data_dir} holds a development key; production refuses it"
        raise UnsafeStartError(message)
    if settings.rate_limits == "off":
        message = "MENSHEN_RATE_LIMITS may be off in demo mode only"
        raise UnsafeStartError(message)


async def _remember_mode(engine: AsyncEngine, mode: Mode) -> None:
    async with writing(engine) as session:
        remembered = await session.get(Remembered, MODE)
        if remembered is None:
            session.add(Remembered(name=MODE, value=mode))
            await session.commit()
        elif remembered.value != mode:
            message = f"this database is for {remembered.value}, not for {mode}"
            raise UnsafeStartError(message)


def _make_limits(settings: Settings, redis: Redis | None, seal: Seal) -> Limits | None:
    if settings.rate_limits == "off":
        return None
    return Limits.of(
        None if redis is None else SharedWindows(redis, seal),
        lookups_address=settings.limit_lookups_address,
        lookups_total=settings.limit_lookups_total,
        failed_codes=settings.limit_failed_codes_address,
        reports=settings.limit_reports_address,
    )


def _make_issuer(settings: Settings) -> DevelopmentIssuer | None:
    return DevelopmentIssuer.of(settings.data_dir) if settings.mode is Mode.DEMO else None
