"""`menshen fraud export`: a whole file or none, and a record of who took it."""

import asyncio
import base64
import json
import re
from pathlib import Path

import pytest
from sqlmodel import col, select
from typer.testing import CliRunner, Result

from cli import fraud
from cli.main import app
from db.fraud_exports import FraudExport
from db.units_of_work import reading
from domain.errors import InvalidError
from service import fraud_exports
from tests.exports import BARE, FULL, add, read_csv
from tests.services import Service

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


async def menshen(service: Service, folder: Path, *words: str) -> Result:
    """Run a command beside the service, in a thread that has no loop yet."""
    environment = {
        "MENSHEN_MODE": "demo",
        "MENSHEN_DATABASE_URL": service.runtime.engine.url.render_as_string(hide_password=False),
        "MENSHEN_DATA_DIR": str(folder),
        "MENSHEN_KEY_ENCRYPTION_KEY": base64.b64encode(bytes(32)).decode(),
    }
    return await asyncio.to_thread(CliRunner().invoke, app, list(words), env=environment)


@ON_SQLITE
async def test_a_file_of_what_was_asked_for(service: Service, tmp_path: Path) -> None:
    await add(service, [FULL, BARE, FULL])
    out = tmp_path / "reports.csv"
    words = ("fraud", "export", "--out", str(out), "--tlp", "green")
    done = await menshen(service, tmp_path, *words, "--filter", "phone=0912345678")
    assert (done.exit_code, done.output) == (0, f"2 reports, TLP:GREEN, in {out}\n")
    assert len(read_csv(out.read_bytes())) == 2
    more = ("--format", "stix", "--filter", "from=2026-11-24")
    whole = await menshen(service, tmp_path, *words, *more)
    assert whole.exit_code == 0
    assert len(json.loads(out.read_bytes())["objects"]) > 10
    async with reading(service.runtime.engine) as session:
        query = select(FraudExport).order_by(col(FraudExport.started_at))
        rows = (await session.exec(query)).all()
    assert [(row.reports, row.filters) for row in rows] == [
        (2, {"phone": "0912345678"}),
        (3, {"first_day": "2026-11-24"}),
    ]
    assert all(re.fullmatch(r"command line \(uid \d+\)", row.actor) for row in rows)


@ON_SQLITE
async def test_what_fails_leaves_the_old_file_and_no_other(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fraud_exports, "_PAGE", 1)
    await add(service, [FULL], asked_for=["nonsense"])
    service.wait(hours=1)
    await add(service, [FULL])
    out = tmp_path / "out" / "reports.csv"
    out.parent.mkdir()
    out.write_text("of yesterday")
    failed = await menshen(service, tmp_path, "fraud", "export", "--out", str(out))
    assert failed.exit_code == 1
    assert [one.name for one in out.parent.iterdir()] == ["reports.csv"]
    assert out.read_text() == "of yesterday"


@pytest.mark.parametrize("given", ["colour=red", "status=purple", "from=yesterday"])
def test_a_filter_that_there_is_not(given: str) -> None:
    with pytest.raises(InvalidError, match="filter"):
        fraud._read_filters([given])  # noqa: SLF001 - what the command calls
