"""Rules of the house that no linter knows."""

import re
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
LAYERS = ("domain", "verifiers", "db", "service", "api", "web", "cli")
MODULES = [path for layer in LAYERS for path in sorted((HOME / layer).rglob("*.py"))]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-stix.lock")


def _name(path: Path) -> str:
    return str(path.relative_to(HOME))


def test_no_module_is_longer_than_300_lines() -> None:
    assert [_name(one) for one in MODULES if len(one.read_text().splitlines()) > 300] == []


def test_routes_are_one_flat_list() -> None:
    # A level of included routers costs a request more than a signature: decision 0002.
    every = (HOME / "asgi.py", *MODULES)
    assert [_name(one) for one in every if "include_router(" in one.read_text()] == []


def test_statements_are_made_in_db_alone() -> None:
    makes = re.compile(
        r"^from (sqlalchemy|sqlmodel)\S* import .*\b(select|insert|update|delete|text|col)\b",
        re.MULTILINE,
    )
    outside = (one for one in MODULES if one.relative_to(HOME).parts[0] != "db")
    assert [_name(one) for one in outside if makes.search(one.read_text())] == []


@pytest.mark.parametrize("name", LOCKS)
def test_locks_pin_by_hash_and_name_no_host(name: str) -> None:
    text = (HOME / name).read_text()
    assert "://" not in text
    pins = re.findall(r"^[\w.\[\]-]+==", text, re.MULTILINE)
    hashed = re.findall(r"^[\w.\[\]-]+==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pins) == len(hashed) > 20
