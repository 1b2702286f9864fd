"""Whom to tell of a weakness."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from service.settings import Settings
from tests.services import ORIGIN, Service, running

PATH = "/.well-known/security.txt"


async def test_without_a_contact_there_is_no_file(service: Service) -> None:
    found = await service.call("GET", PATH)
    assert (found.status_code, found.json()["code"]) == (404, "not_found")


async def test_the_file_names_contact_and_expiry(migrated_url: str, tmp_path: Path) -> None:
    contact = "mailto:security@bank.example"
    async with running(migrated_url, tmp_path, security_contact=contact) as service:
        found = await service.call("GET", PATH)
        now = service.now
    assert found.headers["content-type"] == "text/plain; charset=utf-8"
    said = dict(line.split(": ") for line in found.text.splitlines())
    assert (said["Contact"], said["Canonical"]) == (contact, f"{ORIGIN}{PATH}")
    assert timedelta(days=30) < datetime.fromisoformat(said["Expires"]) - now < timedelta(days=365)


@pytest.mark.parametrize(
    "contact", ["security@bank.example", "http://bank.example", "mailto:a@b\nExpires: x", ""]
)
def test_a_contact_is_an_address_and_one_line(contact: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Settings(security_contact=contact)
