"""Files that let the bank's own app open codes: there when configured, else not."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from service.settings import Settings
from tests.services import Service, running

FINGERPRINT = ":".join(["AB"] * 32)
FILES = (
    "/.well-known/apple-app-site-association",
    "/.well-known/assetlinks.json",
    "/c4HeCk_1.txt",
)


async def test_configured_apps_open_codes_and_nothing_else(
    migrated_url: str, tmp_path: Path
) -> None:
    settings = {
        "apple_apps": ("ABCDE12345.com.bank.app",),
        "android_apps": {"com.bank.app": (FINGERPRINT,)},
        "mini_program_file": "c4HeCk_1.txt:a1b2:c3",
    }
    async with running(migrated_url, tmp_path / "data", **settings) as service:
        apple = await service.call("GET", "/.well-known/apple-app-site-association")
        assert apple.headers["content-type"] == "application/json"
        (opened,) = apple.json()["applinks"]["details"]
        assert opened == {"appIDs": ["ABCDE12345.com.bank.app"], "components": [{"/": "/v/*"}]}
        android = await service.call("GET", "/.well-known/assetlinks.json")
        assert android.headers["content-type"] == "application/json"
        (link,) = android.json()
        assert link["relation"] == ["delegate_permission/common.handle_all_urls"]
        assert link["target"]["sha256_cert_fingerprints"] == [FINGERPRINT]
        for path in ("/v/c4HeCk_1.txt", "/c4HeCk_1.txt"):
            check = await service.call("GET", path)
            assert (check.status_code, check.text) == (200, "a1b2:c3")
            assert check.headers["content-type"] == "text/plain; charset=utf-8"
            assert "max-age" in check.headers["cache-control"]
            assert "set-cookie" not in check.headers
            assert (await service.call("HEAD", path)).status_code == 200
        other = await service.call("GET", "/v/other.txt")
        assert other.status_code == 303


@pytest.mark.parametrize("path", FILES)
async def test_what_is_not_configured_is_not_there(service: Service, path: str) -> None:
    assert (await service.call("GET", path)).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"apple_apps": ["com.bank.app"]},
        {"android_apps": {"com.bank.app": ["ab:cd"]}},
        {"android_apps": {"../app": [FINGERPRINT]}},
        {"mini_program_file": "login:x"},
        {"mini_program_file": "../x.txt:x"},
        {"mini_program_file": "x.txt:<\n>"},
        {"mini_program_file": "{code}.txt:x"},
        {"mini_program_file": "x.txt"},
    ],
    ids=str,
)
def test_a_setting_that_could_be_something_else_stops_the_start(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)  # type: ignore[arg-type] # wrong on purpose
