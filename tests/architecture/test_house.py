"""Rules of the house that no linter knows."""

import re
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
LAYERS = ("domain", "verifiers", "db", "service", "api", "web", "cli")
MODULES = [path for layer in LAYERS for path in sorted((HOME / layer).rglob("*.py"))]
LOCKS = ("requirements.lock", "requirements-dev.lock")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOME)))
def test_no_module_is_longer_than_300_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("name", LOCKS)
def test_locks_pin_by_hash_and_name_no_host(name: str) -> None:
    text = (HOME / name).read_text()
    assert "://" not in text
    pins = re.findall(r"^[\w.\[\]-]+==", text, re.MULTILINE)
    hashed = re.findall(r"^[\w.\[\]-]+==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pins) == len(hashed) > 20
