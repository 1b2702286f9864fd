"""`menshen registry import` as an operator runs it; it leaves nothing half done."""

import asyncio
import os
import sys
import time
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from cli.registry_files import HEADER
from tests.e2e.cli.test_cli import HOME, menshen

HEAD = ",".join(HEADER)


def lines(count: int) -> str:
    rows = (
        f"N-{i:06},林志明,,Bank,,+886912{i:06},active,B-{i:06},2027-12-31" for i in range(count)
    )
    return "\n".join([HEAD, *rows])


def test_a_file_is_brought_in_once(tmp_path: Path, migrated_url: str) -> None:
    folder, file = tmp_path / "data", tmp_path / "staff.csv"
    url = {"MENSHEN_DATABASE_URL": migrated_url}
    file.write_text(lines(3))
    tried = menshen(folder, "registry", "import", str(file), "--dry-run", **url)
    assert tried.stdout == "would be added 3, would be changed 0, unchanged 0\n"
    done = menshen(folder, "registry", "import", str(file), **url)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "added 3, changed 0, unchanged 0\n",
        "",
    )
    file.write_text(lines(3).replace("N-000001,林志明", "N-000001,林"))
    again = menshen(folder, "registry", "import", str(file), **url)
    assert again.stdout == "added 0, changed 1, unchanged 2\n"


async def test_one_bad_line_leaves_nothing_behind(tmp_path: Path, migrated_url: str) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(lines(500).replace("N-000498,林志明", "N-000498,"))
    refused = menshen(
        tmp_path / "data", "registry", "import", str(file), MENSHEN_DATABASE_URL=migrated_url
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"{file}:500: name: Field required\nmenshen: nothing was written\n"
    engine = create_async_engine(migrated_url)
    assert await count(engine) == 0
    await engine.dispose()


def test_a_file_that_is_none_is_one_line(tmp_path: Path) -> None:
    refused = menshen(tmp_path / "data", "registry", "import", str(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr == (
        f"{tmp_path}:0: cannot be read: Is a directory\nmenshen: nothing was written\n"
    )


async def test_kill_9_half_way_leaves_nothing(tmp_path: Path, migrated_url: str) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(lines(20_000))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MENSHEN_")}
    engine = create_async_engine(migrated_url)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "registry", "import", str(file)),
        cwd=HOME,
        env=kept
        | {"MENSHEN_DATA_DIR": str(tmp_path / "data"), "MENSHEN_DATABASE_URL": migrated_url},
        stdout=asyncio.subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while not await is_writing_staff(engine) and time.monotonic() < until:
        assert process.returncode is None, "it ended before it could be killed"
        await asyncio.sleep(0.002)
    process.kill()
    await process.wait()
    assert await count(engine) == 0
    await engine.dispose()


async def count(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM staff"))).scalar_one())


async def is_writing_staff(engine: AsyncEngine) -> bool:
    """Tell whether another connection is in the middle of writing staff."""
    if engine.dialect.name == "sqlite":
        # The log grows past its first page, which opening and the data key need, by megabytes.
        return size_of(Path(f"{engine.url.database}-wal")) > 1_000_000
    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    async with engine.connect() as connection:
        found = await connection.execute(text(f"{busy} AND query LIKE 'INSERT INTO staff%'"))
        return bool(found.scalar_one())


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
