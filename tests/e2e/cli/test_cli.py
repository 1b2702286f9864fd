"""The command line as an operator runs it, on an empty data folder."""

import base64
import io
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from cli.main import main

HOME = Path(__file__).parents[3]
DEMO = {"MENSHEN_MODE": "demo"}


class Done(NamedTuple):
    """What a command ended with and printed."""

    returncode: int
    stdout: str
    stderr: str


def _own(printed: str) -> str:
    # A demo that is served beside it logs its requests to what is stdout at the moment.
    lines = printed.splitlines(keepends=True)
    return "".join(one for one in lines if "[info     ] request " not in one)


def menshen(folder: Path, *words: str, **environment: str) -> Done:
    """Run a command in this process: to start one each time takes longer than most of them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MENSHEN_")}
    given = kept | {"MENSHEN_DATA_DIR": str(folder)} | environment
    printed, complained = io.StringIO(), io.StringIO()

    def run() -> int:
        try:
            main()
        except SystemExit as ended:
            if not isinstance(ended.code, str):
                return ended.code or 0
            complained.write(f"{ended.code}\n")
            return 1
        return 0

    mask = os.umask(0o022)
    try:
        with (
            patch.dict(os.environ, given, clear=True),
            patch.object(sys, "argv", ["menshen", *words]),
            redirect_stdout(printed),
            redirect_stderr(complained),
            ThreadPoolExecutor(1) as thread,  # the test may have an event loop of its own
        ):
            code = thread.submit(run).result(120)
    finally:
        os.umask(mask)
    return Done(code, _own(printed.getvalue()), complained.getvalue())


def test_a_key_goes_through_its_states(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert menshen(folder, "db", "upgrade").returncode == 0
    kid = menshen(folder, "keys", "stage").stdout.strip()
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", kid)
    assert menshen(folder, "keys", "activate", kid).returncode == 0
    listed = menshen(folder, "keys", "list").stdout
    assert kid in listed
    assert "active" in listed
    other = menshen(folder, "keys", "stage").stdout.strip()
    early = menshen(folder, "keys", "activate", other)
    assert early.returncode == 1
    assert early.stderr.startswith(f"menshen: {other} may sign from ")
    assert menshen(folder, "keys", "retire", other).returncode == 1
    assert menshen(folder, "keys", "revoke", kid).returncode == 0
    assert "revoked" in menshen(folder, "keys", "list").stdout


def test_the_schema_is_checked(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    menshen(folder, "db", "upgrade")
    assert menshen(folder, "db", "check").stdout == "no difference\n"
    empty = menshen(
        folder, "db", "check", MENSHEN_DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'empty'}"
    )
    assert empty.returncode == 1
    assert "add_table" in empty.stdout


def test_a_database_is_copied_once(tmp_path: Path) -> None:
    folder, target = tmp_path / "data", f"sqlite+aiosqlite:///{tmp_path / 'copy'}"
    menshen(folder, "db", "upgrade")
    menshen(folder, "keys", "stage")
    words = ("db", "copy", f"sqlite+aiosqlite:///{folder / 'menshen.sqlite3'}", target)
    done = menshen(folder, *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"signing_key +│ 1 ", done.stdout)
    refused = menshen(folder, *words)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "menshen: the target is not empty: signing_key\n"
    away = menshen(folder, *words[:3], "postgresql+asyncpg://nobody@127.0.0.1:1/x")
    assert (away.returncode, away.stderr.count("\n")) == (1, 1)


def test_a_key_encryption_key_comes_from_environment_or_file(tmp_path: Path) -> None:
    folder, text = tmp_path / "data", base64.b64encode(bytes(32)).decode()
    (tmp_path / "secret").write_text(text)
    menshen(folder, "db", "upgrade")
    for name, value in (
        ("MENSHEN_KEY_ENCRYPTION_KEY", text),
        ("MENSHEN_KEY_ENCRYPTION_KEY_FILE", str(tmp_path / "secret")),
    ):
        assert menshen(folder, "keys", "stage", **{name: value}).returncode == 0
    assert not (folder / "key-encryption-key").exists()
    refused = menshen(folder, "keys", "stage", MENSHEN_KEY_ENCRYPTION_KEY="c2hvcnQ=")
    assert refused.returncode == 1
    assert refused.stderr == "menshen: the key-encryption key must be base64 of 32 bytes\n"


def test_a_demo_is_filled_with_simulated_reports(tmp_path: Path) -> None:
    folder, truth, out = tmp_path / "data", tmp_path / "truth", tmp_path / "out"
    words = ("simulate", "--seed", "5", "--reports", "40", "--truth", str(truth))
    made = menshen(folder, *words, "--link", **DEMO)
    assert (made.returncode, made.stderr) == (0, "")
    assert re.fullmatch(r"simulated \d+ reports of \d+ visitors\n", made.stdout)
    entities = {json.loads(line)["report_id"] for line in truth.read_text().splitlines()}
    assert menshen(folder, *words, "--out", str(out), **DEMO).returncode == 0
    assert {json.loads(line)["report_id"] for line in out.read_text().splitlines()} == entities
    again = menshen(folder, *words, **DEMO)
    assert again.stderr == "menshen: reports of this seed are there already; take another\n"
    indexed = menshen(folder, "reports", "index", **DEMO)
    assert indexed.stdout == f"indexed {len(entities)} reports\n"
    elsewhere = menshen(tmp_path / "production", *words)
    assert elsewhere.stderr == "menshen: simulated reports are for a demo's database only\n"


def test_what_is_due_is_counted_then_cleared(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    menshen(folder, "simulate", "--seed", "5", "--reports", "40", **DEMO)
    now = {"MENSHEN_RETAIN_REPORTS": "P1D", **DEMO}
    for words, column in (("--dry-run",), "due"), ((), "done"):
        done = menshen(folder, "retention", "run", *words, **now)
        assert done.returncode == 0, done.stderr
        assert column in done.stdout
        assert re.search(r"reports +│ deleted +│ 1 day, 0:00:00 +│ +[1-9]\d* ", done.stdout)
    done = menshen(folder, "retention", "run", "--dry-run", **now)
    assert re.search(r"reports +│ deleted +│ 1 day, 0:00:00 +│ +0 ", done.stdout)


def test_a_setting_that_cannot_be_is_named_on_one_line(tmp_path: Path) -> None:
    refused = menshen(tmp_path, "retention", "run", MENSHEN_RETAIN_REPORTS="PT1S")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "menshen: MENSHEN_RETAIN_REPORTS: Input should be greater than or equal to 1 day\n"
    )


def test_it_is_a_program_that_explains_itself(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli"], cwd=HOME, capture_output=True, text=True, check=False
    )
    assert "keys" in done.stdout
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MENSHEN_")}
    refused = subprocess.run(
        [sys.executable, "-m", "cli", "keys", "list"],
        cwd=HOME,
        env=kept | {"MENSHEN_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("menshen: the database refused")
