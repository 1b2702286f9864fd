"""A real Chromium."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

NAMES: Final = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first is the same browser without the window that nobody sees: a quarter less work."""
FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a camera that shows a test picture
    "--use-fake-ui-for-media-stream",  # and a user who allows it
]


def find_chromium() -> str | None:
    """Return where a Chromium is, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    chromium = find_chromium()
    if chromium is None:
        if os.environ.get("CI"):
            message = "CI must have Chromium"
            raise RuntimeError(message)
        pytest.skip("NO CHROMIUM, PAGES NOT TESTED IN A BROWSER: apt install chromium")
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield made
        async with asyncio.timeout(30):
            await made.close()
