"""What cannot start, or cannot be set, is one line on stderr and exit 1, and tells no secret."""

import asyncio
import base64
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.e2e.cli.test_cli import menshen

OTHER_KEY = base64.b64encode(bytes([7]) * 32).decode()
ON_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def refusal(folder: Path, *words: str, **environment: str) -> str:
    """Run a command that must be refused and return the line that it says."""
    refused = menshen(folder, *words, **environment)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("menshen: ")
    assert refused.stderr.count("\n") == 1, refused.stderr
    assert "secret" not in refused.stderr
    return refused.stderr.removeprefix("menshen: ").removesuffix("\n")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"RATE_LIMITS": "off"}, "MENSHEN_RATE_LIMITS may be off in demo mode only"),
        ({"MAP_FILE": "/nowhere"}, "/nowhere cannot be read: No such file or directory"),
        ({"REDIS_URL": "redis://127.0.0.1?speed=9"}, "MENSHEN_REDIS_URL has an option that there"),
        (
            {"DATABASE_URL": "postgresql+asyncpg://x:secret@nowhere.invalid/x"},
            "the database does not answer: ",
        ),
        (
            {"DATABASE_URL": "postgresql+asyncpg://x:secret@127.0.0.1:1/x"},
            "the database does not answer: ",
        ),
    ],
    ids=str,
)
def test_a_server_that_must_not_start(tmp_path: Path, wrong: dict[str, str], said: str) -> None:
    given = {f"MENSHEN_{name}": value for name, value in wrong.items()}
    assert refusal(tmp_path / "data", "serve", "--port", "0", **given).startswith(said)


def test_a_server_with_another_key_encryption_key(tmp_path: Path) -> None:
    assert menshen(tmp_path, "visits").returncode == 0
    said = refusal(tmp_path, "serve", "--port", "0", MENSHEN_KEY_ENCRYPTION_KEY=OTHER_KEY)
    assert said == "this database was made with another key-encryption key"


def test_keys_under_another_key_encryption_key(tmp_path: Path) -> None:
    other = {"MENSHEN_KEY_ENCRYPTION_KEY": OTHER_KEY}
    assert menshen(tmp_path, "visits").returncode == 0
    wrong = "this database was made with another key-encryption key"
    assert refusal(tmp_path, "keys", "stage", **other) == wrong
    kid = menshen(tmp_path, "keys", "stage").stdout.strip()
    assert refusal(tmp_path, "keys", "activate", kid, **other) == wrong
    file = tmp_path / "key-encryption-key"
    file.unlink()
    for words in (("keys", "stage"), ("keys", "activate", kid), ("serve", "--port", "0")):
        assert refusal(tmp_path, *words).startswith(f"{file} is missing, and only the key that")
    assert not file.exists()


@ON_POSTGRESQL
async def test_a_server_s_database_that_is_not_ready(empty_url: str, tmp_path: Path) -> None:
    url = {"MENSHEN_DATABASE_URL": empty_url}
    assert refusal(tmp_path, "serve", "--port", "0", **url).endswith(": run menshen db upgrade")
    missing = make_url(empty_url).set(database="nowhere").render_as_string(hide_password=False)
    said = refusal(tmp_path, "serve", "--port", "0", MENSHEN_DATABASE_URL=missing)
    assert said.endswith('database "nowhere" does not exist')
    assert menshen(tmp_path, "db", "upgrade", **url).returncode == 0
    name = make_url(empty_url).database
    await asyncio.to_thread(asyncio.run, run(empty_url, f"ALTER DATABASE {name} {LAX}"))
    said = refusal(tmp_path, "serve", "--port", "0", **url)
    assert said == "commits are not durable: synchronous_commit is off in the database"


LAX = "SET synchronous_commit = off"


async def run(url: str, statement: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("LIMIT_LOOKUPS_ADDRESS", "lots", "must be a number and a time, such as 20/minute"),
        ("TRUSTED_PROXIES", "127.0.0.1", 'must be JSON: a list as ["one", "other"]'),
        ("TRUSTED_PROXIES", '["10.0.0.300"]', "'10.0.0.300' does not appear to be an IPv4"),
        ("TRUSTED_PROXIES", '["10.0.0.1", "10.0.0.1/8"]', "10.0.0.1/8 has host bits set; name"),
        ("TRUSTED_PROXIES", '["proxy.bank.example"]', "such as 10.0.0.7 or 172.16.0.0/12"),
        ("TRUSTED_PROXIES", '["*"]', "such as 10.0.0.7 or 172.16.0.0/12"),
        ("RETAIN_TOKENS", "90 days", "must be no shorter than MENSHEN_RETAIN_VERIFICATIONS (730"),
        ("CONTACTS", "secret", 'must be JSON: a list as ["one", "other"]'),
        ("ANDROID_APPS", "{", "must be JSON: "),
        ("WEBHOOK_HOSTS", '"secret"', "Input should be a valid tuple"),
        ("TIME_ZONE", "Mars/X", "must be a time zone such as Asia/Taipei"),
        ("DATABASE_URL", "secret", "this is no database URL"),
        ("DATABASE_URL", "postgresql://x:secret@h/x", "a database URL begins with "),
        ("DATABASE_URL", "postgresql+asyncpg://x:secret@h:x/x", "this is no database URL"),
        (
            "DATABASE_URL",
            "postgresql+asyncpg://x:secret@h/x?sslmode=require",
            "there is no option sslmode of ",
        ),
    ],
    ids=str,
)
def test_a_setting_that_cannot_be(tmp_path: Path, name: str, wrong: str, said: str) -> None:
    refused = refusal(tmp_path, "keys", "list", **{f"MENSHEN_{name}": wrong})
    assert said in refused
    assert refused.startswith(f"MENSHEN_{name}: ")


def test_a_name_that_is_no_setting_is_told_once_with_the_nearest(tmp_path: Path) -> None:
    unknown = {"MENSHEN_DATABSE_URL": "secret", "menshen_xyz": "red", "MENSHEN_PORT": "8000"}
    known = {"MENSHEN_MODE": "demo", "menshen_hotline": "1"}
    neighbours = {
        "MENSHEN_PORT_8000_TCP_ADDR": "10.0.0.1",
        "MENSHEN_WEB_PORT": "tcp://10.0.0.1:80",
        "MENSHEN_SERVICE_HOST": "10.0.0.1",
    }
    done = menshen(tmp_path, "visits", **unknown, **known, **neighbours)
    nothing = "is no setting and has no effect"
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        f"menshen: MENSHEN_DATABSE_URL {nothing}; did you mean MENSHEN_DATABASE_URL?",
        f"menshen: MENSHEN_PORT {nothing}",
        f"menshen: menshen_xyz {nothing}",
    ]


def test_reports_that_go_before_their_checks_are_told_of_at_the_start(tmp_path: Path) -> None:
    given = {"MENSHEN_RETAIN_REPORTS": "90 days", "MENSHEN_RATE_LIMITS": "off"}
    told = menshen(tmp_path, "serve", "--port", "0", **given).stderr.splitlines()
    assert told[0].startswith("menshen: MENSHEN_RETAIN_REPORTS is shorter than MENSHEN_RETAIN_V")
    assert told[1:] == ["menshen: MENSHEN_RATE_LIMITS may be off in demo mode only"]
