"""Reports from before get the indicators and cells that a new one gets."""

import pytest
from sqlalchemy import text

from service import report_indexes
from service.linking import link_due
from tests.reports import queue, send
from tests.services import HOME, Service

TABLES = (
    "SELECT * FROM report_indicator ORDER BY report_id, kind",
    "SELECT id, cell, area, map_cell FROM report ORDER BY id",
    "SELECT report_id, cell, area, map_cell FROM linked_report ORDER BY report_id",
)


async def rows(service: Service) -> list[str]:
    async with service.runtime.engine.connect() as connection:
        return [str((await connection.execute(text(one))).all()) for one in TABLES]


async def test_old_reports_are_indexed_as_new_ones_are(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_indexes, "_BATCH", 2)
    for number in range(5):
        place = {"place": {"text": "-", **HOME} if number else None}
        await send(service, claimed={"plate": f"ABC-{number:04}", "name": "王大明"}, **place)
    assert await link_due(service.runtime) == 5
    fresh = await rows(service)
    async with service.runtime.engine.begin() as connection:
        await connection.execute(text("DELETE FROM report_indicator WHERE kind = 'plate'"))
        for table in ("report", "linked_report"):
            nothing = "cell = NULL, area = NULL, map_cell = NULL"
            await connection.execute(text(f"UPDATE {table} SET {nothing}"))  # noqa: S608 - two names
    assert await queue(service, plate="ABC0001") == []
    assert await report_indexes.count(service.runtime.engine) == 5
    done = report_indexes.index(service.runtime.engine, "TW")
    assert [one async for one in done] == [2, 2, 1]
    assert await rows(service) == fresh
