"""The command line as an operator runs it: a process of its own on an empty data folder."""

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parents[3]


def menshen(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MENSHEN_")}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "cli", *words],
        cwd=HOME,
        env=kept | {"MENSHEN_DATA_DIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


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


def test_without_words_it_explains_itself(tmp_path: Path) -> None:
    assert "keys" in menshen(tmp_path).stdout
