"""Doors for a benchmark: visitors with their phones and tokens, made by the contract's calls."""

import asyncio
import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.loads import HOME
from tests.databases import POSTGRES
from tests.services import draft
from verifiers import device_proof, jose_gate, visit_code


@dataclass(frozen=True, slots=True)
class Doors:
    """Visitors at so many doors, all with one phone: `refs` are their tokens' references."""

    url: str
    private_key: ec.EllipticCurvePrivateKey
    refs: list[str]

    def codes(self) -> list[str]:
        """Return what the screens show now."""
        step = device_proof.step_at(time.time())
        return [self._code(ref, step) for ref in self.refs]

    def _code(self, ref: str, step: int) -> str:
        signed = jose_gate.sign_bytes(device_proof.proof_input(ref, step), self.private_key)
        return visit_code.build(self.url, jose_gate.decode(ref) or b"", step, signed)


def migrate(environment: dict[str, str]) -> None:
    """Bring an empty database up to date."""
    _menshen(environment, "db", "upgrade")


def _menshen(environment: dict[str, str], *words: str) -> str:
    run = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "cli", *words],
        cwd=HOME,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


def open_doors(url: str, environment: dict[str, str], how_many: int) -> Doors:
    """Register one visitor and give him so many visits, each with a token."""

    def token(role: str, subject: str = "benchmark") -> dict[str, str]:
        made = _menshen(environment, "access-token", "--role", role, "--subject", subject)
        return {"Authorization": f"Bearer {made}"}

    registry, mine, dispatcher = token("registry"), token("staff", "S-1"), token("dispatcher")
    with httpx.Client(base_url=url, timeout=60) as client:

        def post(path: str, body: object, headers: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
            made = client.post(path, json=body, headers=headers)
            made.raise_for_status()
            return made.json()

        member = {"staff_number": "S-1", "name": "林志明", "employer": "Bank", "status": "active"}
        post("/v1/registry/staff", member, registry)
        code = post("/v1/registry/enrolment-codes", {"staff_number": "S-1"}, registry)["code"]
        private = ec.generate_private_key(ec.SECP256R1())
        key = {"jwk": jose_gate.public_jwk(private), "label": "phone", "enrolment_code": code}
        device = post("/v1/devices", key, mine)["id"]
        refs = []
        for _ in range(how_many):
            planned = post("/v1/visits", draft(datetime.now(UTC)), dispatcher)  # noqa: TID251 - the server's own clock
            path = f"/v1/visits/{planned['id']}/tokens"
            refs.append(post(path, {"device_id": device}, mine)["ref"])
    return Doors(url, private, refs)


def fresh_database(kind: str, folder: Path) -> str:
    """Return the URL of a new, empty database of a kind: `sqlite` or `postgresql`."""
    if kind == "sqlite":
        return f"sqlite+aiosqlite:///{folder / 'menshen.sqlite3'}"
    name = f"menshen_benchmark_{secrets.token_hex(4)}"
    asyncio.run(_administer(f"CREATE DATABASE {name}"))
    return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Drop what `fresh_database` made, where it is not a file of a folder that goes anyway."""
    if url.startswith("postgresql"):
        asyncio.run(_administer(f"DROP DATABASE {make_url(url).database} WITH (FORCE)"))


async def _administer(statement: str) -> None:
    engine = create_async_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


def fill(url: str, staff: int, verifications: int) -> None:
    """Add rows of staff and of verifications of the last two years, as cheaply as SQL allows."""
    asyncio.run(_fill(url, {"staff": staff, "verifications": verifications}))


_SERIES: Final = {
    "sqlite": "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :{0}) "
    "SELECT n FROM s)",
    "postgresql": "(SELECT generate_series(1, :{0}) AS n)",
}
_BYTES: Final = {"sqlite": "randomblob(16)", "postgresql": "uuid_send(gen_random_uuid())"}
_WHEN: Final = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || (63000000 - n * 12) || ' seconds')",
    "postgresql": "now() - (63000000 - n * 12) * interval '1 second'",
}


async def _fill(url: str, sizes: dict[str, int]) -> None:
    engine = create_async_engine(url)
    kind = engine.dialect.name
    people = (
        "INSERT INTO staff (id, staff_number, name, employer, status) SELECT 'st_bulk' || n, "  # noqa: S608 - our own words
        f"'BULK-' || n, '王' || n, 'Bank', 'active' FROM {_SERIES[kind].format('staff')} AS s"
    )
    checks = (
        "INSERT INTO verification (id, checked_at, kind, reason, ref) SELECT 've_bulk' || n, "  # noqa: S608 - our own words
        f"{_WHEN[kind]}, 'visit_code', 'authorised', {_BYTES[kind]} "
        f"FROM {_SERIES[kind].format('verifications')} AS s"
    )
    async with engine.begin() as connection:
        await connection.execute(text(people), {"staff": sizes["staff"]})
        await connection.execute(text(checks), {"verifications": sizes["verifications"]})
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text("ANALYZE"))
    await engine.dispose()
