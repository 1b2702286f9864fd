"""What an operator may set is written down, and nothing else is."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli.main import app
from domain.clock import system_clock
from domain.randomness import system_randomness
from service import webhook_signatures
from service.settings import Settings
from tests.e2e.browser.pictures import WIDTHS
from web.console import SECTIONS

HOME = Path(__file__).parents[2]
DOCS = HOME / "docs"
OPERATORS_FILE = DOCS / "operators.md"
OPERATORS = OPERATORS_FILE.read_text()


def test_every_setting_has_its_line() -> None:
    documented = set(re.findall(r"^\| `MENSHEN_(\w+)`", OPERATORS, re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


def test_the_integrators_example_opens_what_is_sent_and_nothing_else() -> None:
    text = (OPERATORS_FILE.parent / "integrators.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - our own example
    open_message = names["open_message"]
    secret, body = webhook_signatures.make_secret(system_randomness), '{"type":"surge"}'
    now = int(system_clock().timestamp())
    headers = webhook_signatures.sign(secret, "msg_1", now, body)
    assert open_message(secret, headers, body.encode()) == {"type": "surge"}
    with pytest.raises(ValueError, match="not signed"):
        open_message(secret, headers, body.encode() + b" ")
    with pytest.raises(ValueError, match="not signed"):
        open_message(webhook_signatures.make_secret(system_randomness), headers, body.encode())
    old = webhook_signatures.sign(secret, "msg_1", now - 400, body)
    with pytest.raises(ValueError, match="too old"):
        open_message(secret, old, body.encode())


def test_every_picture_is_there_and_shown() -> None:
    files = {HOME / "README.md": HOME, **dict.fromkeys(DOCS.glob("*.md"), DOCS)}
    shown = {
        (folder / name).resolve()
        for file, folder in files.items()
        for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", file.read_text())
    }
    there = set((DOCS / "pictures").iterdir())
    assert shown == there
    assert sum(one.stat().st_size for one in there) < 3_000_000


def test_every_view_of_the_console_has_its_pictures() -> None:
    page = (DOCS / "console.md").read_text()
    views = {one.path.removeprefix("/console").strip("/") or "queue" for one in SECTIONS}
    for view in views - {"staff"}:
        for width in WIDTHS:
            assert f"(pictures/console-{view}-{width}.webp)" in page, view


def commands(command: Any, *words: str) -> Iterator[str]:  # noqa: ANN401 - one of click's
    parts = getattr(command, "commands", {})
    for name, part in parts.items():
        yield from commands(part, *words, name)
    if not parts:
        yield " ".join(words)


def test_every_command_has_its_line() -> None:
    documented = re.findall(r"^    \./run menshen ([^#\n]+)", OPERATORS, re.MULTILINE)
    lines = {f"{line} " for line in documented}
    unwritten = [
        command
        for command in commands(get_command(app))
        if not any(line.startswith(f"{command} ") for line in lines)
    ]
    assert unwritten == []


def test_every_event_of_the_log_has_its_line() -> None:
    logged = {
        name
        for layer in ("service", "api", "web", "cli")
        for file in (HOME / layer).rglob("*.py")
        for name in re.findall(r"_LOG\.\w+\(\s*\"(\w+)\"", file.read_text())
    }
    (monitoring,) = re.findall(r"^## Monitoring\n(.*?)^## ", OPERATORS, re.MULTILINE | re.DOTALL)
    documented = set(re.findall(r"`(\w+)`", monitoring))
    assert {"fault", "webhook_dead"} < logged
    assert logged <= documented


def test_compose_passes_every_setting_on() -> None:
    compose = (HOME / "compose.yaml").read_text()
    assert "env_file: [.env]" in compose
    assert "TMPDIR: /spool" in compose
