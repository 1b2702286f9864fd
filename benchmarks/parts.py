"""What a scan costs by part, in one process on SQLite, everything warm: microseconds each."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import structlog

from benchmarks import pages
from db.schema import upgrade
from domain.states import Language
from service import verifications
from service.answers import Subject, begin, record
from service.askers import make_asker
from service.verifications import TEAM_WINDOW, check_visit_code
from tests.databases import fresh_database
from tests.services import Door, open_door, running
from verifiers import device_proof, jose_gate, visit_code, visit_token

_ROUNDS: Final = 5
_TIMES: Final = 400
_AT_ONCE: Final = 64


def measure() -> str:
    """Return a Markdown table of the parts."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # not on this screen
    return asyncio.run(_measure())


async def _measure() -> str:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        async with fresh_database("sqlite", folder) as url:
            await upgrade(url)
            async with running(url, folder / "data") as service:
                costs = await _costs(await open_door(service))
    rows = [[name, f"{cost * 1e6:.0f}"] for name, cost in costs.items()]
    return pages.table(["part", "microseconds"], rows)


async def _costs(door: Door) -> dict[str, float]:
    # The parts are reached where the service keeps them: a copy here would measure the copy.
    runtime, code = door.service.runtime, door.code()
    from api.verifications import present  # noqa: PLC0415 - the edge is one of the parts

    parsed = visit_code.parse(code, runtime.origins)
    assert isinstance(parsed, visit_code.ParsedCode)  # noqa: S101 - a door's code is good
    asker, now = make_asker(runtime, "127.0.0.1"), runtime.clock()

    async def read() -> object:
        return await runtime.scans.find(parsed.ref, now - TEAM_WINDOW, asker.client_hash)

    scan = await runtime.scans.find(parsed.ref, now - TEAM_WINDOW, asker.client_hash)
    assert scan is not None  # noqa: S101 - as above
    key = jose_gate.verifying_key(scan.device_jwk)
    assert isinstance(key, jose_gate.VerifyingKey)  # noqa: S101 - as above
    ring, origin = runtime.keys.keys.ring, runtime.public_url
    finding = await verifications._find(runtime, parsed, asker, now)  # noqa: SLF001 - as above
    begun = begin(runtime, now, finding.judgement)
    answer = verifications._disclose(runtime, begun, scan, finding)  # noqa: SLF001 - as above

    async def write() -> object:
        fresh = begin(runtime, now, finding.judgement)
        return await record(runtime, asker, fresh, "visit_code", Subject(parsed.ref))

    async def whole() -> object:
        return await check_visit_code(runtime, code, asker)

    return {
        "parse the code": _time(lambda: visit_code.parse(code, runtime.origins)),
        "read the facts": await _time_async(read, at_once=1),
        "verify the device proof": _time(lambda: device_proof.verify(parsed, key)),
        "verify the stored token, when it was not seen before": _time(
            lambda: visit_token.verify_stored(scan.token, ring, origin)
        ),
        f"record, {_AT_ONCE} at once": await _time_async(write),
        "write the answer": _time(
            lambda: present(runtime, answer, Language.ENGLISH).model_dump_json()
        ),
        f"the whole check without HTTP, {_AT_ONCE} at once": await _time_async(whole),
    }


def _time(work: Callable[[], object]) -> float:
    """Return the seconds of one call: the best of some rounds."""
    best = float("inf")
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        for _ in range(_TIMES):
            work()
        best = min(best, (time.perf_counter() - started) / _TIMES)
    return best


async def _time_async(work: Callable[[], Awaitable[object]], at_once: int = _AT_ONCE) -> float:
    best, waves = float("inf"), max(1, _TIMES // at_once)
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        for _ in range(waves):
            await asyncio.gather(*(work() for _ in range(at_once)))
        best = min(best, (time.perf_counter() - started) / (waves * at_once))
    return best


if __name__ == "__main__":
    pages.write("parts", measure())
