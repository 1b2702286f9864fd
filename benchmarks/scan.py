"""How fast one core answers scans, as a ratio to a bare FastAPI POST of the same models.

Server pinned to core 0, load and PostgreSQL on the others; five runs of each in turn, medians.
Fresh living codes are drawn before each run. Everything is on: limits, request log, durable
records. `--large` measures with 1,000,000 staff and 5,000,000 stored verifications beside it.
"""

import argparse
import contextlib
import json
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from rich.progress import track

from benchmarks import pages, parts
from benchmarks.doors import Doors, drop_database, fill, fresh_database, migrate, open_doors
from benchmarks.loads import Load, load, pinned

RUNS: Final = 5
MANY: Final = 1200  # more doors than the service remembers verified tokens of
KINDS: Final = ("sqlite", "postgresql")
_PORT, _BARE_PORT, _LARGE_PORT = 8701, 8702, 8703


@dataclass(frozen=True, slots=True)
class Running:
    """A server under load and the doors it answers for."""

    port: int
    pid: int
    doors: Doors
    folder: Path

    def measure(self, how_many: int) -> Load:
        """Load it with the codes of some doors."""
        return load(self.port, self.pid, self.doors.codes()[:how_many], self.folder)


@contextlib.contextmanager
def serving(
    kind: str, port: int, doors: int, *, large: bool = False, **settings: str
) -> Iterator[Running]:
    """Serve a fresh database with visitors at some doors."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        url = fresh_database(kind, folder)
        environment = {
            "MENSHEN_MODE": "demo",
            "MENSHEN_DATA_DIR": made,
            "MENSHEN_DATABASE_URL": url,
            **settings,
        }
        try:
            migrate(environment)
            if large:
                fill(url, 1_000_000, 5_000_000)
            command = ("-m", "cli", "serve", "--port", str(port))
            with pinned(port, *command, **environment) as pid:
                opened = open_doors(f"http://127.0.0.1:{port}", environment, doors)
                yield Running(port, pid, opened, folder)
        finally:
            drop_database(url)


@contextlib.contextmanager
def bare(answer: str) -> Iterator[int]:
    """Serve the baseline and yield its process id."""
    command = ("-m", "uvicorn", "benchmarks.baseline:app", "--port", str(_BARE_PORT))
    quiet = ("--log-level", "warning", "--no-access-log")
    with pinned(_BARE_PORT, *command, *quiet, MENSHEN_BENCHMARK_ANSWER=answer) as pid:
        yield pid


def compare(kind: str) -> list[list[str]]:
    """Measure a database against the baseline, at one door and at many, and return rows."""
    with serving(kind, _PORT, MANY) as scan:
        asked = {"visit_code": scan.doors.codes()[0]}
        answer = httpx.post(f"http://127.0.0.1:{_PORT}/v1/verifications", json=asked).json()
        assert answer["reason"] == "authorised"  # noqa: S101 - else the numbers mean nothing
        with bare(json.dumps(answer)) as pid:
            runs = [
                (
                    load(_BARE_PORT, pid, scan.doors.codes()[:1], scan.folder),
                    scan.measure(1),
                    scan.measure(MANY),
                )
                for _ in track(range(RUNS), f"measuring {kind}")
            ]
    baseline, one, many = zip(*runs, strict=True)
    return [
        _row("bare POST", baseline, baseline),
        _row(f"{kind}, one door again and again", one, baseline),
        _row(f"{kind}, {MANY:,} doors in turn", many, baseline),
    ]


def compare_sizes(kind: str) -> list[list[str]]:
    """Measure a small database against a large one and return rows."""
    with (
        serving(kind, _PORT, MANY) as small,
        serving(kind, _LARGE_PORT, MANY, large=True) as large,
    ):
        runs = [
            (small.measure(MANY), large.measure(MANY))
            for _ in track(range(RUNS), f"measuring {kind} by size")
        ]
    few, full = zip(*runs, strict=True)
    return [_row(f"{kind}, small", few, few), _row(f"{kind}, large", full, few)]


def _row(name: str, loads: tuple[Load, ...], against: tuple[Load, ...]) -> list[str]:
    ratio = statistics.median(
        one.rate / other.rate for one, other in zip(loads, against, strict=True)
    )
    return [
        name,
        f"{statistics.median(one.rate for one in loads):,.0f}",
        f"{ratio:.2f}",
        f"{statistics.median(one.busy for one in loads):.0%}",
        f"{statistics.median(one.p50 for one in loads):.0f}",
        f"{statistics.median(one.p99 for one in loads):.0f}",
    ]


def main() -> None:
    """Measure and write the tables."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--large", action="store_true", help="compare database sizes instead")
    head = ["", "requests/s", "ratio", "core busy", "p50 ms", "p99 ms"]
    if words.parse_args().large:
        rows = [row for kind in KINDS for row in compare_sizes(kind)]
        pages.write("sizes", pages.table(head, rows))
        return
    rows = [row for kind in KINDS for row in compare(kind)]
    pages.write("scan", pages.table(head, rows))
    pages.write("parts", parts.measure())


if __name__ == "__main__":
    main()
