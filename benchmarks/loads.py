"""Servers pinned to a core, loaded from the other one, and what was measured."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

HOME: Final = Path(__file__).parents[1]
SECONDS: Final = 6
CONNECTIONS: Final = 64
_MILLISECONDS: Final = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Load:
    """One run: requests a second, how busy the server's core was (0 to 1), latencies in ms."""

    rate: float
    busy: float
    p50: float
    p99: float


@contextlib.contextmanager
def pinned(port: int, *command: str, **environment: str) -> Iterator[int]:
    """Run a Python server on core 0 and yield its process id once it answers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MENSHEN_")}
    with subprocess.Popen(  # noqa: S603 - our own commands
        ["taskset", "-c", "0", sys.executable, *command],  # noqa: S607 - util-linux
        cwd=HOME,
        env=kept | {"PYTHONPATH": str(HOME)} | environment,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            for _ in range(300):
                with contextlib.suppress(httpx.TransportError):
                    httpx.get(f"http://127.0.0.1:{port}/readyz")
                    break
                time.sleep(0.1)
            yield process.pid
        finally:
            process.terminate()


def load(port: int, pid: int, codes: Sequence[str], folder: Path) -> Load:
    """Post visit codes, in turn, from core 1 for some seconds; an error ends it."""
    script = folder / "post.lua"
    bodies = ",".join(f"'{json.dumps({'visit_code': code})}'" for code in codes)
    script.write_text(
        f"local bodies, at = {{{bodies}}}, 0\n"
        'local headers = {["Content-Type"] = "application/json"}\n'
        "function request()\n"
        "  at = at % #bodies + 1\n"
        '  return wrk.format("POST", "/v1/verifications", headers, bodies[at])\n'
        "end\n"
    )
    before = _cpu_seconds(pid)
    options = ["-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "-s", str(script)]
    run = subprocess.run(  # noqa: S603 - our own command
        ["taskset", "-c", "1", "wrk", *options, f"http://127.0.0.1:{port}"],  # noqa: S607 - wrk
        capture_output=True,
        text=True,
        check=True,
    )
    busy = (_cpu_seconds(pid) - before) / SECONDS
    rate = re.search(r"Requests/sec:\s+([\d.]+)", run.stdout)
    if rate is None or "Non-2xx" in run.stdout:
        sys.exit(f"the load failed:\n{run.stdout}")
    return Load(float(rate.group(1)), busy, *(_latency(run.stdout, part) for part in (50, 99)))


def _latency(printed: str, part: int) -> float:
    found = re.search(rf"\s{part}%\s+([\d.]+)(us|ms|s)", printed)
    return float(found.group(1)) * _MILLISECONDS[found.group(2)] if found else float("nan")


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
