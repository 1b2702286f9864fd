"""What honest clients get while the service is flooded with forged codes (threat 16).

Server pinned to core 0, clients on core 1; rate limits are off, as a flood from a million addresses
would find them. Honest clients scan a living code at a steady pace: alone; beside ten times as many
forged codes (a known reference, a wrong signature: the dearest kind); and while wrk sends forged
codes over ten times the connections of the scan benchmark, as fast as it can. The phases take
turns, and the middle of a phase's rounds counts: a machine that stands still for a fifth of a
second, as shared ones do, stops ten scans, and six of a round's 600 make its 99th percentile.
"""

import asyncio
import json
import os
import re
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from benchmarks import pages
from benchmarks.loads import CONNECTIONS
from benchmarks.scan import KINDS, Running, serving

SECONDS: Final = 12
PACE: Final = 50  # honest scans a second
TIMES: Final = 10
ROUNDS: Final = 5
_PORT: Final = 8704
_RETRY: Final = f"{httpx.codes.SERVICE_UNAVAILABLE} overloaded"


@dataclass(frozen=True, slots=True)
class Scans:
    """Milliseconds of the scans that were answered, and how many had which outcome."""

    taken: list[float]
    outcomes: Counter[str]

    @property
    def p99(self) -> float:
        """The 99th percentile of those answered."""
        return statistics.quantiles(self.taken, n=100)[98]


async def scan(port: int, make_code: Callable[[], str], pace: int) -> Scans:
    """Scan so many times a second, whether or not the answers come."""
    scans = Scans([], Counter())

    async def one(client: httpx.AsyncClient) -> None:
        asked = {"visit_code": make_code()}
        started = time.perf_counter()
        answered = await client.post(f"http://127.0.0.1:{port}/v1/verifications", json=asked)
        if answered.status_code == httpx.codes.OK:
            scans.taken.append((time.perf_counter() - started) * 1000)
            scans.outcomes[answered.json()["reason"]] += 1
        else:
            assert "retry-after" in answered.headers  # noqa: S101 - else it is not honest
            scans.outcomes[f"{answered.status_code} {answered.json()['code']}"] += 1

    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(timeout=30, limits=limits) as client, asyncio.TaskGroup() as group:
        started = time.perf_counter()
        for number in range(SECONDS * pace):
            group.create_task(one(client))
            await asyncio.sleep(max(0, started + number / pace - time.perf_counter()))
    return scans


def flood(
    running: Running, forged: str, connections: int, pause: int = 0
) -> "subprocess.Popen[str]":
    """Start wrk on core 1; each connection pauses for about so many milliseconds."""
    script = running.folder / "flood.lua"
    body = json.dumps({"visit_code": forged})
    script.write_text(
        'wrk.method = "POST"\n'
        'wrk.headers["Content-Type"] = "application/json"\n'
        f"wrk.body = '{body}'\n"
        # Drawn by chance, as else all connections would ask in the same millisecond.
        + (f"function delay() return math.random(0, {2 * pause}) end\n" if pause else "")
    )
    options = ["-t1", f"-c{connections}", f"-d{SECONDS + 2}s", "-s", str(script)]
    address = f"http://127.0.0.1:{running.port}/v1/verifications"
    return subprocess.Popen(  # noqa: S603 - our own command
        ["taskset", "-c", "1", "wrk", *options, address],  # noqa: S607 - util-linux and wrk
        stdout=subprocess.PIPE,
        text=True,
    )


@dataclass(frozen=True, slots=True)
class Round:
    """What honest scans got in one round of a phase, what the others sent, the server's memory."""

    scans: Scans
    forged: float
    memory: int


def memory_of(pid: int) -> int:
    """Return the resident megabytes of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def under(
    wrk: "subprocess.Popen[str] | None",
    honest: Callable[[], Coroutine[object, object, Scans]],
    pid: int,
) -> Round:
    """Scan honestly for a round in which wrk, if any, asks, too."""
    if wrk is None:
        return Round(asyncio.run(honest()), 0, memory_of(pid))
    with wrk:
        time.sleep(1)
        scans = asyncio.run(honest())
        found = re.search(r"Requests/sec:\s+([\d.]+)", wrk.communicate()[0])
    assert found is not None  # noqa: S101 - else there was no flood
    return Round(scans, float(found.group(1)), memory_of(pid))


def row(name: str, rounds: list[Round], idle: float) -> list[str]:
    """Return a phase's row, the middle of its rounds; 503 is the honest scans' share of them."""
    p99 = statistics.median(one.scans.p99 for one in rounds)
    shed = sum((one.scans.outcomes for one in rounds), Counter[str]())
    return [
        name,
        f"{statistics.median(one.forged for one in rounds):,.0f}",
        f"{statistics.median(statistics.median(one.scans.taken) for one in rounds):.0f}",
        f"{p99:.0f}",
        " ".join(f"{one.scans.p99:.0f}" for one in rounds),
        f"{p99 / idle:.1f}",
        f"{shed[_RETRY] / shed.total():.0%}",
        f"{rounds[0].memory} to {rounds[-1].memory}",
    ]


def measure(kind: str) -> list[list[str]]:
    """Return the rows of a database: alone, beside ten times as many, and flooded."""
    with serving(kind, _PORT, 1, MENSHEN_RATE_LIMITS="off") as running:
        code = running.doors.codes()[0]
        forged = code[:-1] + str((int(code[-1]) + 1) % 10)
        port, pid = running.port, running.pid

        def honest() -> Coroutine[object, object, Scans]:
            return scan(port, lambda: running.doors.codes()[0], PACE)

        address = f"http://127.0.0.1:{port}/v1/verifications"
        told = httpx.post(address, json={"visit_code": forged}).json()
        assert told["reason"] == "unrecognised"  # noqa: S101 - else the flood is none
        asyncio.run(honest())  # what is loaded once is loaded
        phases: dict[str, Callable[[], subprocess.Popen[str] | None]] = {
            f"{kind}, alone": lambda: None,
            # Each of as many connections as honest scans a second asks every tenth of one.
            f"{TIMES} times as many beside": lambda: flood(running, forged, PACE, 1000 // TIMES),
            "as fast as it can": lambda: flood(running, forged, CONNECTIONS * TIMES),
        }
        rounds: dict[str, list[Round]] = {name: [] for name in phases}
        for _ in range(ROUNDS):
            for name, others in phases.items():
                rounds[name].append(under(others(), honest, pid))
    idle = statistics.median(one.scans.p99 for one in next(iter(rounds.values())))
    return [row(name, mine, idle) for name, mine in rounds.items()]


def main() -> None:
    """Measure both databases and write the table."""
    os.sched_setaffinity(0, {1})
    head = ["", "forged/s", "p50 ms", "p99 ms", "of each round", "of idle", "503", "server MB"]
    pages.write("flood", pages.table(head, [one for kind in KINDS for one in measure(kind)]))


if __name__ == "__main__":
    main()
