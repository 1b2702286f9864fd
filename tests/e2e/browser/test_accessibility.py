"""axe-core finds nothing on any page, in any language, at 360 and 1280 px.

`SCREENSHOTS=folder ./run test -k everybody` keeps a picture of each.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import (  # type: ignore[import-untyped] # no stubs
    Axe,
)
from playwright.async_api import Browser, FilePayload, Page

from service import demo as demo_service
from service.linking import link_due
from tests.e2e.browser.test_console import HOSTILE, file_report
from tests.e2e.browser.test_door import CODE, until
from tests.e2e.conftest import Demo
from tests.reports import image

SHOTS: Final = os.environ.get("SCREENSHOTS")
"""A folder for a picture of every page, when somebody wants to look at them."""
WIDTHS: Final = (360, 1280)
EVERY_LANGUAGE: Final = pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
PAGES: Final = {
    "start": "/",
    "no-answer": "/r",
    "agencies": "/agencies",
    "missing": "/none",
    "report-form": "/report",
    "track": "/track",
    "unsafe": "/unsafe",
}

WRONG: Final = {
    "reports": "?from=31.12.2026&near=25.03&phone=none&assignee=me&cursor=x",
    "sightings": "/sightings?kind=odd&to=2026-02-30",
    "timeline": "/timeline?by=odd&from=2026-11-02&to=2026-11-01",
    "cases": "/cases?cursor=x",
}
"""Addresses that ask for what cannot be read."""


async def follow(page: Page, selector: str) -> None:
    """Click what leads to another page, and wait until that is there."""
    async with page.expect_navigation():
        await page.click(selector)


class Look:
    """Looks at the page in front, narrow and wide: axe-core, and nothing wider than the screen."""

    def __init__(self, page: Page, language: str) -> None:
        """Take the page that is looked at, and what its shots are named after."""
        self.page, self.language = page, language
        self.found: dict[str, list[str]] = {}

    async def at(self, name: str) -> None:
        """Judge what is shown now."""
        for width in WIDTHS:
            await self.page.set_viewport_size({"width": width, "height": 800})
            if SHOTS is not None:
                await self.page.wait_for_timeout(300)  # charts are drawn anew for a new width
                shot = Path(SHOTS) / f"{name}-{self.language}-{width}.png"
                await self.page.screenshot(path=shot, full_page=True)
            await self._judge(f"{name} at {width}")
            wide = await self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, name

    async def _judge(self, what: str) -> None:
        results = await Axe().run(self.page)
        if results.violations_count:
            self.found[what] = [
                f"{one['id']}: {one['nodes'][0]['html']}" for one in results.response["violations"]
            ]


@pytest_asyncio.fixture
async def look(browser: Browser, language: str) -> AsyncIterator[Look]:
    context = await browser.new_context(locale=language)
    made = Look(await context.new_page(), language)
    yield made
    await context.close()
    assert made.found == {}


@EVERY_LANGUAGE
async def test_everybody_can_read_every_page(demo: Demo, look: Look) -> None:
    page = look.page
    for name, path in PAGES.items():
        await page.goto(f"{demo.url}{path}")
        await look.at(name)
    await page.goto(f"{demo.url}/login")
    await look.at("login")
    await page.goto(f"{demo.url}/staff")
    await page.wait_for_selector("#login a")
    await look.at("staff-without-login")
    await page.goto(f"{demo.url}/demo")
    await until(page.frames[1], CODE)
    await look.at("demo")
    code = await page.frames[1].evaluate(CODE)
    await page.goto(f"{demo.url}/staff")
    await until(page, CODE)
    await look.at("staff")
    await page.click("#end")
    await look.at("staff-sure")
    await page.keyboard.press("Escape")
    await page.goto(code)
    await look.at("genuine")
    await page.fill("#notice_code", str(demo.run(demo_service.notice_code(demo.runtime))))
    await follow(page, "form[action='/r'] button")
    await look.at("genuine-for-you")
    await page.goto(f"{demo.url}/v/1")
    await look.at("not-genuine")
    await page.goto(code)
    await page.fill("#notice_code", "0000000000")
    await follow(page, "form[action='/r'] button")
    await look.at("caution")
    await page.goto(f"{demo.url}/")
    await page.fill("#contact", " ")
    await follow(page, "button[value=contact]")
    await look.at("incomplete")
    await page.goto(f"{demo.url}/console/desk")  # this browser is the visitor's: not for him
    await look.at("forbidden")
    await _report(look, demo.url)


@EVERY_LANGUAGE
async def test_everybody_can_work_at_the_console(demo: Demo, look: Look) -> None:
    page = look.page
    await page.goto(f"{demo.url}/login?back=/console/desk")
    await follow(page, f"button[value={demo_service.HOTLINE_DESK.subject}]")
    await look.at("desk")
    await follow(page, "form.question button")
    await look.at("desk-incomplete")
    await page.fill("#customer_phone", "0912 345 678")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-standing]")
    await look.at("desk-found")
    await page.fill("#badge_number", "B-9999")
    await follow(page, "form.question button")
    await look.at("desk-nothing")
    await page.goto(f"{demo.url}/console/desk/report")
    await look.at("desk-report")
    await page.fill("#description", "A caller said so.")
    await follow(page, "#report > button")
    await look.at("desk-report-sent")
    await page.goto(f"{demo.url}/login")
    await follow(page, f"button[value={demo_service.ANALYST.subject}]")
    await page.goto(f"{demo.url}/console?badge_number=nobody%27s")
    await look.at("reports-none")
    await _console(look, demo)


async def _console(look: Look, demo: Demo) -> None:
    """Go through everything that an analyst sees."""
    page = look.page
    report = await file_report(demo, HOSTILE)
    await page.goto(f"{demo.url}/console")
    await look.at("reports")
    await page.keyboard.press("?")
    await look.at("reports-keys")
    await page.keyboard.press("Escape")
    await _work(look, f"{demo.url}/console/reports/{report}")
    await _judge_cases(look, demo)
    await page.goto(f"{demo.url}/console/watchlist")
    await page.select_option("#kind", "badge")
    await page.fill("#value", f"B-{look.language}")
    await page.fill("#note", "?")
    await follow(page, "form.act button")
    await look.at("watchlist")
    odd = {"badge_number": "X-9999", "name": "?", "place": {"latitude": 25.03, "longitude": 121.5}}
    await page.request.post(f"{demo.url}/v1/verifications", data=odd)
    await page.goto(f"{demo.url}/console/sightings")
    await look.at("sightings")
    await page.select_option("#kind", "lost_badge")
    await follow(page, "form.filters button")
    await look.at("sightings-none")
    for name in ("map", "timeline", "statistics"):
        await page.goto(f"{demo.url}/console/{name}")
        await page.locator("figure[data-drawn]").first.wait_for()
        await look.at(name)
    await page.goto(f"{demo.url}/console/map?to=2026-01-01")
    await look.at("map-none")
    for name, wrong in WRONG.items():
        await page.goto(f"{demo.url}/console{wrong}")
        await page.wait_for_selector(".wrong:focus")
        await look.at(f"{name}-wrong")


async def _judge_cases(look: Look, demo: Demo) -> None:
    """Link two reports and look at their case."""
    page = look.page
    await file_report(demo, HOSTILE)
    demo.run(link_due(demo.runtime))
    await page.goto(f"{demo.url}/console/cases")
    await look.at("cases")
    await follow(page, ".queue a")
    other = page.url.rpartition("/")[2]
    await page.check("[name=report_ids] >> nth=0")
    await follow(page, "button[value=split]")
    await page.fill("#other_id", other)
    await follow(page, "form[action$='/merge'] button")
    await look.at("merge")
    await follow(page, "form[action$='/merge'] button")
    await look.at("case-merged")
    case = page.url.partition("?")[0]
    await page.fill("#other_id", "fc_none")
    await follow(page, "form[action$='/merge'] button")
    await look.at("case-refused")
    await page.goto(f"{case}/graph")
    await page.locator("figure[data-drawn]").first.wait_for()
    await look.at("case-graph")


async def _work(look: Look, url: str) -> None:
    """Work on a report: ask for its end, hold it, open its custody and its reporter's contact."""
    page = look.page
    await page.goto(url)
    await look.at("report")
    await page.goto(f"{url}?words=triaged")
    await page.select_option("#status", "confirmed")
    await follow(page, "form:has(#note) button")
    await page.fill("#hold-reason", "a court asked")
    await follow(page, "#hold button")
    await page.click("#custody summary >> nth=0")
    await look.at("report-closing")
    await page.fill("#reason", "call back")
    await follow(page, "#contact button")
    await look.at("report-contact")
    await page.evaluate("document.querySelector('#assignee').lastChild.value = 'A-nobody'")
    await page.select_option("#assignee", "A-nobody")
    await follow(page, "form:has(#note) button")
    await look.at("report-unknown-colleague")
    await page.fill("#note", "Half a note")
    await follow(page, "button[name=words][value=triaged]")
    await look.at("report-kept")
    logged_in = await page.context.storage_state()
    await page.context.clear_cookies(name="session")
    await follow(page, "form:has(#note) button")
    await look.at("unsent")
    await page.context.set_storage_state(logged_in)


async def _report(look: Look, url: str) -> None:
    """Send a report with a photo that the page shrinks, and follow it."""
    page = look.page

    async def choose(content: bytes) -> None:
        file: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": content}
        await page.set_input_files("#evidence", file)

    await page.goto(f"{url}/report")
    await page.fill("#description", "?")
    await choose(b"x")
    await until(page, "!document.querySelector('#report > button').disabled")
    await follow(page, "#report > button")
    await look.at("report-refused")
    await choose(image("PNG", (2400, 1200)))
    await until(page, "document.getElementById('evidence').files[0].name === 'photo.jpg'")
    await follow(page, "#report > button")
    await look.at("report-sent")
    await follow(page, "form[action='/track'] button")
    await look.at("tracked")
    await page.fill("#text", "The car was blue.")
    await follow(page, "#addition button")
    await look.at("tracked-added")
    await page.goto(f"{url}/track")
    await page.fill("#tracking_code", "x")
    await follow(page, "form[action='/track'] button")
    await look.at("track-unknown")
