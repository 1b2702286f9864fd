"""What may not start does not start, and two first starts agree."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select
from structlog.testing import capture_logs

import asgi
from db import schema
from db.tables import DataKey, SigningKey
from db.units_of_work import reading, writing
from domain.clock import system_clock
from domain.errors import ConflictError, InvalidError
from domain.randomness import system_randomness
from service import data_keys, signing_keys
from service.databases import assert_ready, open_engine
from service.recorders import NotRecordedError
from service.sealing import Seal, UnsealableError
from service.settings import Settings
from tests.services import Service, running

KEY = Seal.under(bytes(32), system_randomness)


async def test_two_first_starts_make_one_data_key(engine: AsyncEngine) -> None:
    async def start() -> Seal:
        return await data_keys.ensure(engine, KEY, system_randomness, system_clock())

    one, other = await asyncio.gather(start(), start())
    assert other.unseal(one.seal(b"x", "c"), "c") == b"x"
    async with reading(engine) as session:
        assert len((await session.exec(select(DataKey))).all()) == 1


async def test_another_key_encryption_key_cannot_start(engine: AsyncEngine) -> None:
    await data_keys.ensure(engine, KEY, system_randomness, system_clock())
    other = Seal.under(bytes([1]) * 32, system_randomness)
    with pytest.raises(UnsealableError):
        await data_keys.ensure(engine, other, system_randomness, system_clock())


async def test_without_a_signing_key_it_is_not_ready(service: Service) -> None:
    assert (await service.call("GET", "/readyz")).status_code == 200
    assert (await service.call("GET", "/healthz")).json() == {"status": "ok"}
    async with writing(service.runtime.engine) as session:
        await session.exec(delete(SigningKey))
        await session.commit()
    unready = await service.call("GET", "/readyz")
    assert (unready.status_code, unready.json()["code"]) == (503, "not_recorded")
    await service.add_staff("S-1", "林志明")
    phone = await service.enrol("S-1")
    visit = await service.plan()
    from domain.callers import Role  # noqa: PLC0415 - only here

    path, body = f"/v1/visits/{visit['id']}/tokens", {"device_id": phone.device_id}
    refused = await service.call("POST", path, body, role=Role.STAFF, subject="S-1")
    assert refused.status_code == 409


async def test_work_that_fails_is_named_and_takes_no_replica_out_of_service(
    migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> None:
        raise KeyError

    monkeypatch.setattr(asgi, "deliver_forever", fail)
    with capture_logs() as logs:
        async with running(migrated_url, tmp_path, works=True) as service:
            await asyncio.sleep(0.05)
            ready = await service.call("GET", "/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "failing": ["webhooks"]})
    failed = [one for one in logs if one["event"] == "work_failed"]
    assert [(one["work"], one["kind"], one["again_in"]) for one in failed] == [
        ("webhooks", "KeyError", 1.0)
    ]


async def test_a_database_that_is_gone_is_not_ready(service: Service) -> None:
    async with service.runtime.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE signing_key RENAME TO gone")
    with pytest.raises(NotRecordedError):
        await assert_ready(service.runtime)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_database_without_this_version_s_tables_is_not_opened(
    empty_url: str, tmp_path: Path
) -> None:
    with pytest.raises(ConflictError, match=r"has no tables, .*: run menshen db upgrade"):
        async with running(empty_url, tmp_path):
            pass
    await schema.upgrade(empty_url, "0006_exports_and_webhooks")
    settings = Settings(data_dir=tmp_path, database_url=empty_url)
    for opened in (running(empty_url, tmp_path), open_engine(settings)):
        with pytest.raises(ConflictError, match="at revision 0006_exports_and_webhooks, this"):
            async with opened:
                pass


async def test_a_database_of_another_version_is_not_ready(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "newest_revision", lambda: "0099_later")
    unready = await service.call("GET", "/readyz")
    assert unready.status_code == 503
    assert "this version needs 0099_later: run menshen db upgrade" in unready.json()["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"public_url": "https://bank.example/path"},
        {"code_url": f"https://{'a' * 56}"},
        {"policy": "mars"},
        {"country": "Taiwan"},
        {"rate_limits": "sometimes"},
        {"redis_url": "http://:secret@127.0.0.1"},
        {"redis_url": "redis://:secret@127.0.0.1:99999"},
    ],
    ids=str,
)
def test_a_wrong_setting_is_refused(wrong: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="validation error") as refused:
        Settings(data_dir=tmp_path, **wrong)  # type: ignore[arg-type] # on purpose
    assert "secret" not in str(refused.value)


async def test_an_unknown_option_of_redis_stops_the_start(
    migrated_url: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidError, match="speed"):
        async with running(migrated_url, tmp_path, redis_url="redis://127.0.0.1?speed=9"):
            pass


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="must be a time zone"):
        Settings(time_zone="Mars/Olympus")


async def test_a_start_without_a_key_that_signs_says_what_to_do(
    engine: AsyncEngine, migrated_url: str, tmp_path: Path
) -> None:
    kid = await signing_keys.stage(engine, KEY, system_clock())
    with capture_logs() as logs:
        async with running(migrated_url, tmp_path):
            pass
    assert [(one["log_level"], one["run"]) for one in logs if one["event"] == "no_signing_key"] == [
        ("error", [f"menshen keys activate {kid}"])
    ]
    await signing_keys.activate(engine, KEY, kid, system_clock())
    with capture_logs() as logs:
        async with running(migrated_url, tmp_path):
            pass
    assert not [one for one in logs if one["event"] == "no_signing_key"]
