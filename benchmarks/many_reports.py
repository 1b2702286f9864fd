"""Databases of many reports: 10,000 made as the service makes them, then copied by SQL.

A copy has a number, a word and values of its own, so that a filter finds as many of a million as
of ten thousand; words, areas, names and days are those of the first.
"""

import random
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from rich.progress import track
from sqlalchemy import Connection, Table, insert, text
from sqlmodel.ext.asyncio.session import AsyncSession

from db.cases import PLACE
from db.report_counts import recount
from db.reports import Report
from db.tables import metadata
from db.units_of_work import writing
from domain.reports import CLOSED, AskedFor, ReportStatus
from domain.states import Language
from domain.statistics import LinkVerdict
from service.report_drafts import Claimed, ReportDraft, ReportedPlace
from service.report_rows import make_indicators, make_report
from service.runtime import Runtime
from verifiers.durations import step_of

MADE: Final = 10_000
_DAYS: Final = 730
_FAMILIES: Final = "陳林黃張李王吳劉蔡楊許鄭謝郭洪邱曾廖賴徐周葉蘇莊呂江何蕭羅高"
_GIVEN: Final = "志明美玲雅婷家豪淑芬建宏怡君俊傑佩珊文雄冠宇惠雯承翰心怡宗翰詩涵柏翰"
_CITIES: Final = ((25.04, 121.54), (25.01, 121.46), (24.15, 120.67), (22.63, 120.31))
_SAID: Final = (
    "A man with a badge asked for cash at the door",
    "Two visitors wanted to come in and read the meter",
    "有人自稱銀行人員,要求看存摺和印章",
    "自称是贷款专员,要我转账到私人账户",
)
_TOLD: Final = {"place": 0.7, "phone": 0.4, "badge": 0.3, "plate": 0.3, "payee": 0.2}
"""How many of all reports tell it."""
# What a copy has for itself; everything else stays as it is.
_OWN: Final = {
    "report": {
        "id": "id || '.' || n",
        "tracking_hash": "sha256(tracking_hash || int4send(n))",
        "received_at": "received_at + n * interval '37 seconds'",
        "phone_folded": "phone_folded || n",
        "badge_number_folded": "badge_number_folded || n",
        # Its number becomes another one: what is rare among few is to be as rare among many.
        "search_text": r"replace(search_text, "
        r"coalesce(substring(search_text from '[0-9]{2,}'), '-'), "
        r"(hashtext(id || n) % 100000)::text) || E'\n' || substr(md5(id || n), 1, 12)",
    },
    "report_indicator": {
        "report_id": "report_id || '.' || n",
        "received_at": "received_at + n * interval '37 seconds'",
        "value": "CASE WHEN kind IN ('alias', 'agency') THEN value ELSE value || n END",
    },
    "linked_report": {
        "report_id": "report_id || '.' || n",
        "received_at": "received_at + n * interval '37 seconds'",
        "score": "abs(hashtext(report_id || n) % 101)",
    },
}


async def fill(runtime: Runtime, reports: int, seed: int = 4) -> list[dict[str, Any]]:
    """Fill an empty PostgreSQL database; return the rows of reports that all sizes share."""
    rows = list(_make(runtime, random.Random(seed)))  # noqa: S311 - made-up reports
    indicators = [one for report, own in rows for one in own]
    async with writing(runtime.engine) as session:
        connection = await session.connection()
        for number in range(0, MADE, 1_000):
            reports_made = [report for report, _ in rows[number : number + 1_000]]
            await connection.execute(
                insert(_table("report")), [report.model_dump() for report in reports_made]
            )
            await connection.execute(insert(_table("linked_report")), _linked(reports_made))
        for number in range(0, len(indicators), 1_000):
            await connection.execute(
                insert(_table("report_indicator")),
                [one.model_dump() for one in indicators[number : number + 1_000]],
            )
        await connection.run_sync(_multiply, reports // MADE - 1)
        await recount(session)
        await session.commit()
    await _vacuum(runtime)
    return [report.model_dump() for report, _ in rows]


def _make(runtime: Runtime, dice: random.Random) -> Iterator[tuple[Any, Sequence[Any]]]:
    first = datetime(2024, 11, 25, tzinfo=UTC)
    for number in track(range(MADE), "making reports"):
        at = first + timedelta(days=_DAYS) * (number / MADE)
        latitude, longitude = dice.choice(_CITIES)
        place = ReportedPlace(
            text="door",
            latitude=dice.gauss(latitude, 0.06),
            longitude=dice.gauss(longitude, 0.06),
        )
        draft = ReportDraft(
            occurred_at=(at - timedelta(hours=3)).isoformat(),
            description=f"{dice.choice(_SAID)} {dice.randrange(100_000)}",
            place=place if dice.random() < _TOLD["place"] else None,
            claimed=Claimed(
                name=dice.choice(_FAMILIES) + dice.choice(_GIVEN) + dice.choice(_GIVEN),
                badge_number=_told(dice, "badge", f"B-{dice.randrange(3_000)}"),
                phone=_told(dice, "phone", f"09{dice.randrange(10**8):08}"),
                plate=_told(dice, "plate", f"ABC-{dice.randrange(10_000):04}"),
                agency=dice.choice((None, None, "海港資產服務", "安心資產管理")),
            ),
            payee=_told(dice, "payee", f"{dice.randrange(10**10):010}"),
            asked_for=dice.sample(list(AskedFor), dice.randrange(3)),
        )
        report = make_report(runtime, draft, runtime.randomness(32), Language.TRADITIONAL, at)
        report.status = dice.choice(list(ReportStatus))
        if report.status != ReportStatus.NEW:
            report.looked_after = step_of(timedelta(hours=dice.expovariate(1 / 6)))
        if report.status in CLOSED:
            report.closed_after = step_of(timedelta(hours=dice.expovariate(1 / 60)))
            report.link_verdict = dice.choice((None, *LinkVerdict))
        yield report, make_indicators(report, runtime.country)


def _linked(reports: Sequence[Report]) -> list[dict[str, Any]]:
    """Score them by chance, in no case: that is all that the queue reads of it."""
    return [
        {
            "report_id": one.id,
            "is_pinned": False,
            **one.model_dump(include=set(PLACE)),
            "occurred_at": one.occurred_at,
            "received_at": one.received_at,
            "score": zlib.crc32(one.id.encode()) % 101,
            "signals": [],
            "traits": {},
        }
        for one in reports
    ]


def _told(dice: random.Random, what: str, text: str) -> str | None:
    return text if dice.random() < _TOLD[what] else None


def _multiply(connection: Connection, copies: int) -> None:
    if copies < 1:
        return
    search = "DROP INDEX ix_report_search_grams"  # made anew in a tenth of the time
    connection.execute(text(search))
    for name, own in _OWN.items():
        columns = [column.name for column in _table(name).columns]
        values = ", ".join(own.get(column, f'"{column}"') for column in columns)
        names = ", ".join(f'"{column}"' for column in columns)
        connection.execute(
            text(
                f"INSERT INTO {name} ({names}) SELECT {values} FROM {name}, "  # noqa: S608 - our own words
                f"generate_series(1, {copies}) AS copies(n)"
            )
        )
    for index in _table("report").indexes:
        if index.name == "ix_report_search_grams":
            index.create(connection)


def _table(name: str) -> Table:
    return metadata.tables[name]


async def _vacuum(runtime: Runtime) -> None:
    autocommit = runtime.engine.execution_options(isolation_level="AUTOCOMMIT")
    async with AsyncSession(autocommit) as session:
        connection = await session.connection()
        await connection.execute(text("VACUUM ANALYZE"))
