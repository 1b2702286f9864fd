"""Take the pictures of docs/console.md: `./run pictures`, or another folder, or another language.

Every view of the console of a demo with its year of reports, narrow and wide.
"""

import argparse
import asyncio
import io
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from service import cases, demo
from service.demo import Person
from tests.e2e.browser.conftest import FLAGS, find_chromium
from tests.e2e.conftest import Demo, serving_demo

PICTURES: Final = Path(__file__).parents[3] / "docs" / "pictures"
WIDTHS: Final = (360, 1280)
_TALLEST: Final = 1_500
"""Pixels: what is below repeats what is above."""
_PATIENCE_SECONDS: Final = 600
_DRAWN: Final = "figure[data-drawn]"


@dataclass(frozen=True, slots=True)
class Camera:
    """Takes pictures of a page for a folder, whole ones if wanted."""

    page: Page
    folder: Path
    prefix: str
    whole: bool

    async def take(
        self,
        name: str,
        part: str | None = None,
        *,
        narrow: str | None = None,
        tallest: int = _TALLEST,
    ) -> None:
        """Take what is shown now, from the top or where a part (or a `narrow` one) begins."""
        for width in WIDTHS:
            await self.page.set_viewport_size({"width": width, "height": 800})
            await self.page.wait_for_timeout(500)  # charts are drawn anew for a new width
            first = narrow or part if width == min(WIDTHS) else part
            top = 0 if first is None else await self._top_of(first)
            tall = await self.page.evaluate("document.documentElement.scrollHeight") - top
            height = tall if self.whole else min(tall, tallest)
            shot = await self.page.screenshot(
                full_page=True, clip={"x": 0, "y": top, "width": width, "height": height}
            )
            picture = Image.open(io.BytesIO(shot)).convert("RGB")
            file = self.folder / f"{self.prefix}{name}-{width}.webp"
            picture.save(file, lossless=True, quality=100, method=6)

    async def _top_of(self, part: str) -> int:
        box = await self.page.locator(part).bounding_box()
        return 0 if box is None else max(0, int(box["y"]) - 16)


async def _go_through(camera: Camera, served: Demo) -> None:
    """Take every view of the desk and of the fraud team."""
    page, url = camera.page, served.url
    await _log_in(page, url, demo.HOTLINE_DESK)
    await page.fill("#customer_phone", "0912 345 678")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-standing]")
    await camera.take("desk")
    await _log_in(page, url, demo.ANALYST)
    await page.goto(f"{url}/console?sort=score")
    await camera.take("queue", narrow="#queue")
    await page.goto(f"{url}/console")
    await page.keyboard.press("?")
    await page.wait_for_selector("dialog[open]")
    await camera.take("keys", tallest=800)
    await page.keyboard.press("Escape")
    await page.click("#queue a[data-row]")
    await page.wait_for_url("**/reports/*")
    await page.wait_for_load_state("networkidle")
    await camera.take("report")
    await page.goto(f"{url}/console/cases")
    await camera.take("cases")
    found: Any = served.run(cases.list_cases(served.runtime))
    case = max(found.items, key=lambda one: one.report_count)
    await page.goto(f"{url}/console/cases/{case.id}")
    await camera.take("case")
    smaller = min(found.items, key=lambda one: abs(one.report_count - 8))
    await page.goto(f"{url}/console/cases/{smaller.id}/graph")
    await page.locator(_DRAWN).wait_for()
    await camera.take("graph")
    for name in ("sightings", "watchlist"):
        await page.goto(f"{url}/console/{name}")
        await camera.take(name)
    for name in ("map", "timeline", "statistics"):
        await page.goto(f"{url}/console/{name}")
        await page.locator(_DRAWN).first.wait_for()
        await camera.take(name)
    await page.goto(f"{url}/console/timeline")
    await camera.take("surges", "#surges")


async def _check_oddly(page: Page, url: str) -> None:
    """Check badges that are none of ours, so that there are sightings."""
    for number, latitude in (("B-9041", 25.047), ("KX-2207", 25.013)):
        place = {"latitude": latitude, "longitude": 121.517}
        odd = {"badge_number": number, "name": "王大明", "place": place}
        answer = await page.request.post(f"{url}/v1/verifications", data=odd)
        assert answer.ok


async def _log_in(page: Page, url: str, person: Person) -> None:
    await page.goto(f"{url}/login")
    async with page.expect_navigation():
        await page.click(f"button[value={person.subject}]")


def _is_filled(served: Demo) -> bool:
    found: Any = served.run(cases.list_cases(served.runtime))
    details: Any = [served.run(cases.read_case(served.runtime, one.id)) for one in found.items]
    pinned = [any(member.is_pinned for member in one.reports) for one in details]
    return bool(pinned) and all(pinned)


def _wait_until_filled(served: Demo) -> None:
    """Wait for the last that the demo's year brings: what is pinned by hand."""
    ends = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < ends:
        if _is_filled(served):
            return
        time.sleep(0.5)
    sys.exit("the demo did not fill itself")


@asynccontextmanager
async def _open_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield made
        await made.close()


async def _take_all(served: Demo, folder: Path, language: str, *, whole: bool) -> None:
    async with _open_browser() as browser:
        context = await browser.new_context(locale=language, color_scheme="light")
        page = await context.new_page()
        await _check_oddly(page, served.url)
        prefix = f"{language}-" if whole else "console-"
        await _go_through(Camera(page, folder, prefix, whole), served)


def main() -> None:
    """Serve a demo, wait until it is filled, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=PICTURES)
    parser.add_argument("--language", nargs="+", default=["en"])
    parser.add_argument("--whole", action="store_true", help="pages to their ends, to look at")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    given.folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving_demo(Path(folder), with_reports=True) as served,
    ):
        _wait_until_filled(served)
        for language in given.language:
            asyncio.run(_take_all(served, given.folder, language, whole=given.whole))


if __name__ == "__main__":
    main()
