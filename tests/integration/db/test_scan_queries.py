"""What a scan reads does not grow with the checks that were ever made of its reference."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from db import embedded, scan_queries
from db.embedded import Prepared
from db.units_of_work import writing
from db.verifications import Verification
from domain.verdicts import Reason
from tests.doors import STARTS, open_door

FLOOD = 3_000


async def check(engine: AsyncEngine, ref: bytes, reason: Reason, times: int) -> None:
    rows = [
        {
            "id": f"{reason}-{number}",
            "checked_at": STARTS + timedelta(seconds=number),
            "kind": "visit_code",
            "reason": reason,
            "ref": ref,
            "client_hash": b"one client",
        }
        for number in range(times)
    ]
    async with writing(engine) as session:
        await session.exec(insert(Verification), params=rows)
        await session.commit()


async def cost(engine: AsyncEngine, ref: bytes) -> int:
    """Rows that a scan touches in PostgreSQL, or steps that it takes in SQLite."""
    if engine.dialect.name == "sqlite":
        return steps(engine.url.database or "", ref)

    def explain(_: object, __: object, sql: str, given: object, *___: object) -> tuple[str, object]:
        return f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", given

    asked = {"refs": [ref], "sinces": [STARTS], "clients": [b"another client"]}
    async with engine.connect() as connection:
        event.listen(engine.sync_engine, "before_cursor_execute", explain, retval=True)
        try:
            found = (await connection.execute(scan_queries.many_scans(), asked)).one()
        finally:
            event.remove(engine.sync_engine, "before_cursor_execute", explain)
    plan = json.loads(found[0]) if isinstance(found[0], str) else found[0]
    return int(sum(rows_of(plan[0]["Plan"])))


def rows_of(plan: dict[str, Any]) -> Iterator[float]:
    yield plan["Actual Loops"] * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0))
    for part in plan.get("Plans", ()):
        yield from rows_of(part)


def steps(path: str, ref: bytes) -> int:
    taken = 0

    def count() -> None:
        nonlocal taken
        taken += 1

    connection = embedded.connect(path, writes=False)
    connection.set_progress_handler(count, 1)
    given = {"ref": ref, "since": STARTS, "client": b"another client"}
    assert Prepared(scan_queries.one_scan()).run(connection, given)
    connection.close()
    return taken


@pytest.mark.parametrize("reason", [Reason.UNRECOGNISED, Reason.AUTHORISED])
@pytest.mark.parametrize("member", ["st_1", "st_2"])
async def test_a_flood_of_checks_makes_no_scan_dearer(
    engine: AsyncEngine, reason: Reason, member: str
) -> None:
    """Neither of the flooded reference, nor of its team's; nobody has analysed the tables."""
    door = await open_door(engine)
    await check(engine, door.refs["st_1"], Reason.SEEN_ELSEWHERE, 30)
    before = await cost(engine, door.refs[member])
    await check(engine, door.refs["st_1"], reason, FLOOD)
    assert await cost(engine, door.refs[member]) < before + 200
