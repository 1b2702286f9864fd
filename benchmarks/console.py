"""What each filter of the queue and each chart costs with 10,000 and with 1,000,000 reports.

Whole calls over HTTP within one process, on PostgreSQL; each call in turn to either size, so that
what disturbs one disturbs both. p95 of 100 calls, each with other values, and their ratio.
"""

import argparse
import asyncio
import base64
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from rich.progress import track

from asgi import make_app
from benchmarks import pages
from benchmarks.doors import drop_database, fresh_database
from benchmarks.many_reports import MADE, fill
from db.schema import upgrade
from domain.callers import Caller, Role
from domain.clock import system_clock
from domain.randomness import system_randomness
from domain.states import Mode
from service import access_tokens
from service.settings import Settings

LARGE: Final = 1_000_000
CALLS: Final = 100
_WARM: Final = 10
_ORIGIN: Final = "http://127.0.0.1"
_QUEUE: Final = "/v1/fraud/reports"
_COUNTS: Final = "/v1/fraud/statistics"
Row = Mapping[str, Any]
Query = Callable[[Row], dict[str, Any]]

ASKED: Final[dict[str, tuple[str, Query]]] = {
    "the queue": (_QUEUE, lambda _: {}),
    "its next page": (_QUEUE, lambda row: {"to": _day(row)}),
    "oldest first": (_QUEUE, lambda _: {"sort": "received_at"}),
    "status": (_QUEUE, lambda row: {"status": row["status"]}),
    "severity and kind": (
        _QUEUE,
        lambda row: {"severity": row["severity"], "kind": "impersonation"},
    ),
    "days": (_QUEUE, lambda row: {"from": _day(row), "to": _day(row)}),
    "phone": (_QUEUE, lambda row: {"phone": row["phone"] or "0900000000"}),
    "badge": (_QUEUE, lambda row: {"badge_number": row["badge_number"] or "B-none"}),
    "plate": (_QUEUE, lambda row: {"plate": row["plate"] or "NONE-1"}),
    "alias": (_QUEUE, lambda row: {"alias": row["claimed_name"]}),
    "payee": (_QUEUE, lambda row: {"payee": row["payee"] or "0"}),
    "within 2 km": (_QUEUE, lambda row: {"near": _near(row, 2)}),
    "within 20 km": (_QUEUE, lambda row: {"near": _near(row, 20)}),
    "by score": (_QUEUE, lambda _: {"sort": "score"}),
    "by score, status": (_QUEUE, lambda row: {"sort": "score", "status": row["status"]}),
    "by score, plate": (_QUEUE, lambda row: {"sort": "score", "plate": row["plate"] or "NONE-1"}),
    "by score, alias": (_QUEUE, lambda row: {"sort": "score", "alias": row["claimed_name"]}),
    "by score, within 2 km": (_QUEUE, lambda row: {"sort": "score", "near": _near(row, 2)}),
    "by score, a rare number": (
        _QUEUE,
        lambda row: {"sort": "score", "q": row["description"].split()[-1]},
    ),
    "cell": (_QUEUE, lambda row: {"cell": row["map_cell"] or "none"}),
    "words, common": (_QUEUE, lambda row: {"q": row["description"][:12]}),
    "words, two characters": (_QUEUE, lambda row: {"q": row["claimed_name"][:2]}),
    "words, a rare number": (_QUEUE, lambda row: {"q": row["description"].split()[-1]}),
    "words, none": (_QUEUE, lambda row: {"q": f"沒有{row['id'][-6:]}"}),
    "words and status": (_QUEUE, lambda row: {"q": row["claimed_name"], "status": row["status"]}),
    "statistics by day": (_COUNTS, lambda _: {"by": "day"}),
    "statistics by status a day": (_COUNTS, lambda _: {"by": "status", "daily": True}),
    "statistics by what was asked": (_COUNTS, lambda _: {"by": "asked_for"}),
    "statistics by cell": (_COUNTS, lambda _: {"by": "cell"}),
    "statistics by agency": (_COUNTS, lambda _: {"by": "agency"}),
    "page: queue": ("/console", lambda _: {}),
    "page: map": ("/console/map", lambda _: {}),
    "page: timeline": ("/console/timeline", lambda _: {}),
    "page: statistics": ("/console/statistics", lambda _: {}),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A service with so many reports."""

    client: httpx.AsyncClient
    shared: Sequence[Row]

    async def time(self, path: str, query: Mapping[str, Any]) -> float:
        """Return a call's milliseconds; a call that fails ends the benchmark."""
        started = time.perf_counter()
        answer = await self.client.get(path, params=query)
        taken = 1000 * (time.perf_counter() - started)
        answer.raise_for_status()
        return taken


def _day(row: Row) -> str:
    return str(row["received_on"])


def _near(row: Row, kilometres: int) -> str:
    return f"{row['latitude'] or 25.04},{row['longitude'] or 121.54},{kilometres}"


@asynccontextmanager
async def filled(reports: int, folder: Path) -> AsyncIterator[Filled]:
    """Serve a database of its own with so many reports, for an analyst."""
    url = await asyncio.to_thread(fresh_database, "postgresql", folder)
    try:
        await upgrade(url)
        settings = Settings(
            mode=Mode.DEMO,
            data_dir=folder,
            database_url=url,
            rate_limits="off",
            key_encryption_key=base64.b64encode(bytes(32)).decode(),
        )
        app = make_app(settings, _ORIGIN, system_clock, system_randomness)
        async with app.router.lifespan_context(app):
            shared = await fill(app.state.runtime, reports)
            analyst = Caller("benchmark", frozenset({Role.FRAUD}))
            session = access_tokens.issue(app.state.runtime, analyst)
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(
                transport=transport, base_url=_ORIGIN, cookies={"session": session}
            ) as client:
                yield Filled(client, shared)
    finally:
        await asyncio.to_thread(drop_database, url)


async def measure(reports: int, wanted: str) -> list[list[str]]:
    """Return a row for each filter whose name holds a word."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        small = await stack.enter_async_context(filled(MADE, folder / "small"))
        large = await stack.enter_async_context(filled(reports, folder / "large"))
        asked = {name: one for name, one in ASKED.items() if wanted in name}
        return [
            [name, *(await _compare(small, large, *one))]
            for name, one in track(asked.items(), "asking")
        ]


async def _compare(small: Filled, large: Filled, path: str, query: Query) -> list[str]:
    dice = random.Random(7)  # noqa: S311 - which reports are asked about
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(_WARM + CALLS):
        row = dice.choice(small.shared)
        for service, times in zip((small, large), taken, strict=True):
            spent = await service.time(path, query(row))
            if number >= _WARM:
                times.append(spent)
    few, many = (statistics.quantiles(times, n=20)[-1] for times in taken)
    return [f"{few:.1f}", f"{many:.1f}", f"{many / few:.2f}"]


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=LARGE, help="of the large database")
    parser.add_argument("--only", default="", help="filters whose names hold this; writes nothing")
    options = parser.parse_args()
    rows = asyncio.run(measure(options.reports, options.only))
    head = ("", "10,000: p95 ms", f"{options.reports:,}: p95 ms", "ratio")
    text = pages.table(head, rows)
    if options.only or options.reports != LARGE:
        print(text)  # noqa: T201 - its output
    else:
        pages.write("console", text)


if __name__ == "__main__":
    main()
