"""What a page weighs: bytes that a real browser receives at its first and its second visit.

Headers and bodies of all that a page loads, each page in a browser that has kept nothing yet. The
seconds are until everything is loaded over a bad mobile link, the server's time included.
"""

import asyncio
import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from playwright.async_api import Browser, BrowserContext, async_playwright
from rich.progress import track

from benchmarks import pages
from service import demo
from tests.e2e.browser.conftest import FLAGS, find_chromium
from tests.e2e.conftest import serving_demo

PAGES: Final = {
    "the customer's check": "/",
    "the customer's report": "/report",
    "the console's map": "/console/map",
}
LINK: Final = {
    "offline": False,
    "latency": 400,  # ms
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
_QUIET_MS: Final = 500


@dataclass(slots=True)
class Visit:
    """What one visit of a page brought."""

    received: int = 0
    seconds: float = 0.0


async def visit(context: BrowserContext, url: str) -> Visit:
    """Open an address in a new tab over the bad link and count what comes."""
    page = await context.new_page()
    seen = Visit()

    def count(loaded: dict[str, Any]) -> None:
        seen.received += int(loaded["encodedDataLength"])

    devtools = await context.new_cdp_session(page)
    devtools.on("Network.loadingFinished", count)
    await devtools.send("Network.enable")
    await devtools.send("Network.emulateNetworkConditions", LINK)
    await page.goto(url, wait_until="networkidle", timeout=120_000)
    await page.wait_for_timeout(_QUIET_MS)
    seen.seconds = await page.evaluate("performance.getEntriesByType('navigation')[0].duration")
    seen.seconds /= 1000
    await page.close()
    return seen


async def measure(browser: Browser, url: str, path: str) -> tuple[Visit, Visit]:
    """Visit a page twice in a browser of its own."""
    context = await browser.new_context(locale="zh-TW")
    if path.startswith("/console"):
        headers = {"Origin": url}
        await context.request.post(
            f"{url}/login", form={"subject": demo.ANALYST.subject}, headers=headers
        )
    both = await visit(context, url + path), await visit(context, url + path)
    await context.close()
    return both


async def measure_all(url: str) -> list[list[str]]:
    """Return the rows of the table."""
    rows: list[list[str]] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for name, path in track(PAGES.items()):
            first, second = await measure(browser, url, path)
            figures = (f"{one.received:,}" for one in (first, second))
            rows.append([name, *figures, f"{first.seconds:.1f}", f"{second.seconds:.1f}"])
        await browser.close()
    return rows


def main() -> None:
    """Measure and write the table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder, serving_demo(Path(folder)) as served:
        rows = asyncio.run(measure_all(served.url))
    head = ["page", "first visit, bytes", "second", "first, s", "second"]
    pages.write("weights", pages.table(head, rows))


if __name__ == "__main__":
    main()
