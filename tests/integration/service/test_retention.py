"""What is old goes, what is young stays, and scans still work on what is left."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import event, func, insert, select, text
from sqlmodel import col
from sqlmodel import select as orm_select

from db.retention import due
from db.tables import (
    EnrolmentCode,
    FraudCase,
    IdempotencyKey,
    Notice,
    Report,
    Sighting,
    Staff,
    Verification,
    Visit,
    VisitStaff,
    VisitToken,
    metadata,
)
from db.units_of_work import reading, writing
from domain.callers import Caller, Role
from service import evidence, holds, linking, retention
from service.evidence import add_rows
from service.report_views import ReportDetail, read_detail
from service.retention import KINDS, Kind
from service.settings import Settings
from tests.reports import bare_report, queue, send
from tests.services import FAR, NOON, Door, Service, draft

SETTINGS = Settings()
A_DAY = timedelta(days=1)
ANALYST = Caller("A-1", frozenset({Role.FRAUD}))
OF_CHECKS = [one for one in KINDS if one.rows.of_check]


async def clear(service: Service, at: datetime, settings: Settings = SETTINGS) -> dict[str, int]:
    done = {}
    for kind in KINDS:
        due = await retention.count(service.runtime.engine, settings, kind, at)
        batches = retention.clear(service.runtime.engine, settings, kind, at)
        done[kind.name.partition(" (")[0]] = sum([rows async for rows in batches])
        assert done[kind.name.partition(" (")[0]] == due
    return done


async def check(service: Service, number: int, at: datetime) -> None:
    rows = [
        {
            "id": f"ve_{at.timestamp()}_{each}",
            "checked_at": at,
            "kind": "badge",
            "reason": "unrecognised",
            "client_hash": b"c",
            "answer_sealed": b"a",
        }
        for each in range(number)
    ]
    async with service.runtime.engine.begin() as connection:
        await connection.execute(insert(Verification), rows)


async def test_each_kind_goes_in_its_time(service: Service) -> None:
    old, month, hour = timedelta(days=731), timedelta(days=31), timedelta(hours=2)
    for number, age in ((2_500, old), (1_100, month), (3, hour), (1, timedelta(minutes=50))):
        await check(service, number, NOON - age)
    done = await clear(service, NOON)
    assert (done["verifications"], done["client addresses"]) == (2_500, 1_100)
    assert done["answers kept for a browser"] == 1_103
    assert set((await clear(service, NOON)).values()) == {0}
    async with service.runtime.engine.connect() as connection:
        query = select(col(Verification.client_hash), col(Verification.answer_sealed))
        left = (await connection.execute(query)).all()
    assert len(left) == 1_104
    assert left.count((b"c", None)) == 3
    assert left.count((b"c", b"a")) == 1


async def test_what_is_counted_beforehand_is_what_a_run_clears(door: Door) -> None:
    service, engine = door.service, door.service.runtime.engine
    await send(service)
    now = service.now + timedelta(days=800)
    for number, days in ((5, 799), (4, 60), (3, 1), (2, 0)):
        await check(service, number, now - timedelta(days=days))
    async with writing(engine) as session:
        for number in range(3):  # a sighting of each age
            at = now - timedelta(days=(799, 60, 1)[number])
            once = bytes([number])
            odd = Sighting(id=f"si_{number}", verification_id="v", at=at, kind="lost_badge")
            odd.client_hash, odd.once_hash = b"c", once
            session.add(odd)
        rows = [bare_report(number) for number in range(10)]
        for number, first in ((1, 0), (2, 0), (4, 3), (5, 3), (7, 6)):
            rows[number].duplicate_of = rows[first].id
        rows[1].is_held = True  # so none of 0, 1, 2 goes
        for number, row in enumerate(rows):
            # 5 goes with 3, though it is young; 7 goes alone, and 9 stays.
            row.received_at = now - timedelta(days=10 if number in {5, 6, 9} else 100)
        session.add_all(rows)
        await session.commit()
    settings = SETTINGS.model_copy(update={"retain_reports": timedelta(days=50)})
    due = {kind.name: await retention.count(engine, settings, kind, now) for kind in KINDS}
    done = {
        kind.name: sum([rows async for rows in retention.clear(engine, settings, kind, now)])
        for kind in KINDS
    }
    assert due == done
    assert done["reports"] == 6  # the one that was sent, 3, 4, 5, 7 and 8
    hashes, kept = "client addresses (keyed hash)", "answers kept for a browser"
    assert (done["verifications"], done[hashes], done[kept]) == (5, 4, 7)
    assert (done["sightings"], done["client addresses of sightings (keyed hash)"]) == (1, 1)


async def test_a_case_counts_the_reports_that_are_left(service: Service) -> None:
    told = ((3, "0912 345 678"), (2, "0912 345 678"), (3, "0987 654 321"), (3, "0987 654 321"))
    for number, (days, phone) in enumerate(told):
        claimed = {"phone": phone, "plate": f"ABC-{phone[-3:]}{days // 3}"}
        at = NOON - timedelta(days=days, hours=number)
        await send(service, claimed=claimed, occurred_at=at.isoformat())
    await linking.link_due(service.runtime)
    async with writing(service.runtime.engine) as session:
        for one in (await session.exec(orm_select(Report))).all():
            one.received_at = one.occurred_at
        before = (await session.exec(orm_select(FraudCase.report_count))).all()
        await session.commit()
    assert sorted(before) == [2, 2]
    settings = SETTINGS.model_copy(update={"retain_reports": timedelta(days=2, hours=12)})
    assert (await clear(service, NOON, settings))["reports"] == 3
    async with reading(service.runtime.engine) as session:
        left = (await session.exec(orm_select(FraudCase.report_count, FraudCase.is_open))).all()
    assert sorted(left) == [(0, False), (1, True)]


async def test_sightings_lose_their_client_and_then_go(service: Service) -> None:
    await service.verify(badge_number="X-1", name="x")
    at = service.now
    for age, gone in (
        (timedelta(minutes=59), (0, 0, 0)),
        (timedelta(minutes=61), (0, 0, 1)),
        (timedelta(days=31), (0, 1, 0)),
        (timedelta(days=731), (1, 0, 0)),
    ):
        done = await clear(service, at + age)
        names = ("sightings", "client addresses of sightings", "what a client was seen doing")
        assert (
            tuple(
                next(rows for name, rows in done.items() if name.startswith(one)) for one in names
            )
            == gone
        ), age


async def test_a_token_stays_while_its_code_is_answered(door: Door) -> None:
    service, least = door.service, Settings(retain_verifications=A_DAY, retain_tokens=A_DAY)
    expires = datetime.fromisoformat(door.phone.token["expires_at"])
    code = door.phone.code(service.now)
    service.clock[0] = expires + timedelta(hours=23)
    assert (await clear(service, service.now, least))["visit tokens"] == 0
    assert (await service.verify(visit_code=code))["reason"] == "expired_code"
    service.wait(hours=2)
    assert (await service.verify(visit_code=code))["reason"] == "unrecognised"
    assert (await clear(service, service.now, least))["visit tokens"] == 1
    assert (await service.verify(visit_code=code))["reason"] == "unrecognised"


async def test_a_visit_goes_with_all_that_knows_its_customer(door: Door) -> None:
    service = door.service
    ten = timedelta(days=10)
    settings = Settings(retain_verifications=ten, retain_tokens=ten, retain_visits=ten)
    code = door.phone.code(service.now)
    async with service.runtime.engine.connect() as connection:
        ends = (await connection.execute(select(func.max(Visit.ends_at)))).scalar_one()
    assert (await clear(service, ends + timedelta(days=10), settings))["visits"] == 0
    assert (await service.verify(visit_code=code))["verdict"] == "genuine"
    assert (await clear(service, ends + timedelta(days=10, seconds=1), settings))["visits"] == 1
    async with service.runtime.engine.connect() as connection:
        for table in (Visit, Notice, VisitStaff, VisitToken):
            query = select(func.count()).select_from(table)
            assert (await connection.execute(query)).scalar_one() == 0, table
        staff = select(func.count()).select_from(Staff)
        assert (await connection.execute(staff)).scalar_one() > 0
    assert (await service.verify(visit_code=code))["reason"] == "unrecognised"


async def test_what_a_held_report_came_from_stays(door: Door) -> None:
    service = door.service
    settings = Settings(retain_visits=timedelta(days=730))
    scanned = await door.scan(place=FAR)  # odd and of a visit: a sighting, too
    await service.verify(badge_number="X-1", name="x")
    await send(service, verification_id=scanned["id"])
    (report,) = await queue(service)
    hold = f"/v1/fraud/reports/{report['id']}/hold"
    reason = {"held": True, "reason": "court"}
    assert (await service.call("PUT", hold, reason, role=Role.FRAUD)).status_code == 200
    later = service.now + timedelta(days=3_650)
    done = await clear(service, later, settings)
    assert [done[kind] for kind in ("verifications", "sightings", "visits")] == [1, 1, 0]
    await service.call("PUT", hold, {**reason, "held": False}, role=Role.FRAUD)
    done = await clear(service, later, settings)
    assert [done[kind] for kind in ("verifications", "sightings", "visits")] == [1, 1, 1]


async def report_of_a_check(door: Door) -> str:
    """Have a report of a check that was odd, so that it has a sighting, too, and of a visit."""
    scanned = await door.scan(place=FAR)
    await send(door.service, verification_id=scanned["id"])
    (report,) = await queue(door.service)
    return str(report["id"])


async def clear_kind(service: Service, kind: Kind, at: datetime) -> int:
    settings = SETTINGS.model_copy(update={"retain_visits": timedelta(days=730)})
    return sum([rows async for rows in retention.clear(service.runtime.engine, settings, kind, at)])


@pytest.mark.parametrize(
    "kind", [*OF_CHECKS, *(one for one in KINDS if one.name == "reports")], ids=lambda one: one.name
)
async def test_a_hold_that_is_being_set_keeps_what_is_due(
    door: Door, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, report_id = door.service, await report_of_a_check(door)
    is_set, may_end = asyncio.Event(), asyncio.Event()

    async def read(*given: Any) -> ReportDetail:  # noqa: ANN401 - what the real one takes
        is_set.set()
        await may_end.wait()
        return await read_detail(*given)

    monkeypatch.setattr(holds, "read_detail", read)
    later = service.now + timedelta(days=3_650)
    async with asyncio.timeout(20):
        hold = holds.hold(service.runtime, ANALYST, report_id, "court", held=True)
        holding = asyncio.ensure_future(hold)
        await is_set.wait()  # written, but not committed
        clearing = asyncio.ensure_future(clear_kind(service, kind, later))
        done, _ = await asyncio.wait({clearing}, timeout=0.5)
        may_end.set()
        await holding
        assert not done
        assert await clearing == 0
    assert await clear_kind(service, kind, later) == 0


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # the other's writers are alone
@pytest.mark.parametrize("kind", OF_CHECKS, ids=lambda one: one.name)
async def test_what_goes_is_gone_before_a_hold_is_set(door: Door, kind: Kind) -> None:
    service, report_id = door.service, await report_of_a_check(door)
    later = service.now + timedelta(days=3_650)
    (key,) = metadata.tables[kind.rows.table].primary_key
    async with asyncio.timeout(20):
        async with service.runtime.engine.connect() as connection:
            await connection.execute(select(key).with_for_update(read=True))
            clearing = asyncio.ensure_future(clear_kind(service, kind, later))
            done, _ = await asyncio.wait({clearing}, timeout=0.5)
            assert not done  # it knows what is due, and waits for the row
            hold = holds.hold(service.runtime, ANALYST, report_id, "court", held=True)
            holding = asyncio.ensure_future(hold)
            held, _ = await asyncio.wait({holding}, timeout=0.5)
        assert await clearing == 1
        await holding
    assert not held


async def test_what_repeats_a_held_report_keeps_what_it_came_from(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, report_id = door.service, await report_of_a_check(door)
    await holds.hold(service.runtime, ANALYST, report_id, "court", held=True)
    scanned = await door.scan(place=FAR)
    is_folded, may_end = asyncio.Event(), asyncio.Event()

    async def add(*given: Any) -> None:  # noqa: ANN401 - what the real one takes
        is_folded.set()
        await may_end.wait()
        await add_rows(*given)

    monkeypatch.setattr(evidence, "add_rows", add)
    (kind, *_) = OF_CHECKS
    async with asyncio.timeout(20):
        sending = asyncio.ensure_future(send(service, verification_id=scanned["id"]))
        await is_folded.wait()
        clearing = asyncio.ensure_future(clear_kind(service, kind, NOON + timedelta(days=3_650)))
        done, _ = await asyncio.wait({clearing}, timeout=0.5)
        may_end.set()
        assert (await sending).status_code == 201
        assert not done
        assert await clearing == 0


@pytest.mark.parametrize("kind", OF_CHECKS, ids=lambda one: one.name)
async def test_what_is_held_is_read_from_the_few_that_are(service: Service, kind: Kind) -> None:
    engine = service.runtime.engine
    is_sqlite = engine.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    query = select(func.count()).where(due(kind.rows, NOON))
    async with engine.connect() as connection:
        if not is_sqlite:  # a table of no rows is otherwise read whole
            await connection.execute(text("SET enable_seqscan = off"))

        def ask(_: object, __: object, sql: str, given: object, *___: object) -> tuple[str, object]:
            return explain + sql, given

        event.listen(engine.sync_engine, "before_cursor_execute", ask, retval=True)
        try:
            plan = str((await connection.execute(query)).all())
        finally:
            event.remove(engine.sync_engine, "before_cursor_execute", ask)
    assert "ix_report_held_verification_id" in plan, plan
    assert "CORRELATED" not in plan, plan


async def test_keys_and_codes_go_once_they_are_useless(door: Door) -> None:
    service = door.service
    headers = {"Idempotency-Key": "k"}
    await service.call(
        "POST", "/v1/visits", draft(service.now), role=Role.DISPATCHER, headers=headers
    )
    asked = {"staff_number": "S-1"}
    await service.make("/v1/registry/enrolment-codes", asked, Role.REGISTRY)
    done = await clear(service, service.now)
    assert (done["idempotency keys"], done["enrolment codes"]) == (0, 0)
    done = await clear(service, service.now + timedelta(hours=25))
    assert (done["idempotency keys"], done["enrolment codes"]) == (1, 2)
    async with service.runtime.engine.connect() as connection:
        for table, left in ((IdempotencyKey, 0), (EnrolmentCode, 0), (VisitToken, 1), (Staff, 1)):
            query = select(func.count()).select_from(table)
            assert (await connection.execute(query)).scalar_one() == left


@pytest.mark.parametrize("text", ["730", "-P1D", "23:00:00", "soon", ""])
def test_a_span_is_days_and_never_bare_seconds(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENSHEN_RETAIN_TOKENS", text)
    with pytest.raises(ValueError, match="validation error"):
        Settings()


@pytest.mark.parametrize("text", ["90 days", "P90D", "90d"])
def test_a_span_is_written_as_people_write_it(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENSHEN_RETAIN_VERIFICATIONS", text)
    assert Settings().retain_verifications == timedelta(days=90)


@pytest.mark.parametrize(
    ("given", "wrong", "least"),
    [
        ({"retain_tokens": 729}, "retain_tokens", "VERIFICATIONS (730 days, 0:00:00)"),
        ({"retain_verifications": 731}, "retain_tokens", "VERIFICATIONS (731 days, 0:00:00)"),
        ({"retain_visits": 700}, "retain_visits", "TOKENS (730 days, 0:00:00)"),
        ({"retain_tokens": 1827}, "retain_visits", "TOKENS (1827 days, 0:00:00)"),
    ],
    ids=str,
)
def test_what_explains_a_check_is_kept_as_long(
    given: dict[str, int], wrong: str, least: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**{name: timedelta(days=days) for name, days in given.items()})  # type: ignore[arg-type] # theirs to type
    (one,) = refused.value.errors()
    assert one["loc"] == (wrong,)
    assert one["msg"].endswith(f"must be no shorter than MENSHEN_RETAIN_{least}")
