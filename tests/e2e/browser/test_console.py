"""The console in a real browser: hostile reports stay text, the whole job without JavaScript."""

import io
import itertools
import tempfile
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final, Literal

import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page

from domain.callers import Caller, Role
from domain.reports import AskedFor
from domain.states import Language
from domain.watchlist import WatchKind
from service import demo as demo_service
from service import fraud_reports, report_lists, reports, watchlist
from service.demo import Person
from service.linking import link_due
from service.report_drafts import ReportDraft
from service.report_lists import ReportFilters
from service.watchlist import WatchDraft
from tests.e2e.browser.test_door import CODE, until
from tests.e2e.conftest import Demo
from tests.services import photo

ATTACK: Final = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)><svg onload=alert(1)>"
    "</textarea></title></bdi>{{7*7}}\u202egpj.exe\u202c"
)
SHORT: Final = '"><img src=x onerror=alert(1)>\u202e'
HOSTILE: Final[dict[str, Any]] = {
    "description": f"javascript:alert(1) {ATTACK}\nHe wanted cash.",
    "place": {"text": ATTACK, "latitude": 25.03, "longitude": 121.56},
    "claimed": {
        "name": ATTACK,
        "badge_number": SHORT,
        "agency": ATTACK,
        "phone": SHORT,
        "plate": SHORT,
        "organisation": ATTACK,
    },
    "payee": ATTACK,
    "url": "javascript:alert(1)//" + ATTACK,
    "contact": {"name": ATTACK, "phone": SHORT, "email": ATTACK},
    "asked_for": [AskedFor.CASH, AskedFor.ENTRY],
}

INKED: Final = """
    (canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size > 20;
    }
"""

AT_THE_RIM: Final = """
    (canvas) => {
      const context = canvas.getContext("2d"), { width, height } = canvas, deep = 6;
      const sides = [[0, 0, width, deep], [0, height - deep, width, deep],
                     [0, 0, deep, height], [width - deep, 0, deep, height]];
      return sides.some((one) => context.getImageData(...one).data.some((value) => value));
    }
"""

BOXES: Final = """
    async (type) => {
      const { getInstanceByDom } = await import("/static/vendor/echarts.mjs");
      const chart = getInstanceByDom(document.querySelector(".drawing"));
      const drawn = chart.getZr().storage.getDisplayList(true);
      return drawn.filter((one) => one.type === type && one.style.text !== "").map((one) => {
        const box = one.getBoundingRect().clone();
        if (one.transform) box.applyTransform(one.transform);
        const { x: left, y: top, width, height } = box;
        return { text: one.style.text, left, top, right: left + width, bottom: top + height };
      });
    }
"""

TIP: Final = """
    async () => {
      const { getInstanceByDom } = await import("/static/vendor/echarts.mjs");
      const chart = getInstanceByDom(document.querySelector(".drawing"));
      return chart.getHeight() - chart.convertToPixel("geo", [120.85, 21.905])[1];
    }
"""

_TOUCH: Final = 2  # pixels: a box of words is a little wider than they are

_filed: Final = itertools.count()


async def file_report(demo: Demo, said: dict[str, Any]) -> str:
    """File a report with two images and return its id."""
    # Each an hour apart, or the next would be folded under the one before.
    at = (demo.runtime.clock() - timedelta(hours=next(_filed))).isoformat()
    draft = ReportDraft.model_validate({"occurred_at": at, **said})
    with tempfile.TemporaryFile() as first, tempfile.TemporaryFile() as second:
        for number, picture in enumerate((first, second)):
            picture.write(photo(number))
            picture.seek(0)
        demo.run(reports.submit(demo.runtime, draft, (first, second), Language.ENGLISH))
    page: Any = demo.run(report_lists.list_reports(demo.runtime, ReportFilters(), 1))
    return str(page.items[0].id)


async def log_in(context: BrowserContext, demo: Demo, person: Person) -> Page:
    page = await context.new_page()
    await page.goto(f"{demo.url}/login")
    async with page.expect_navigation():
        await page.click(f"button[value={person.subject}]")
    return page


# Threat 24.
async def test_a_hostile_report_is_only_text(demo: Demo, browser: Browser) -> None:
    report_id = await file_report(demo, HOSTILE)
    context = await browser.new_context(locale="en-GB")
    page = await log_in(context, demo, demo_service.ANALYST)
    fired: list[str] = []
    await context.expose_function("alerted", lambda what: fired.append(what))  # noqa: PLW0108 - playwright cannot mark a built-in
    await context.add_init_script(
        "window.alert = () => window.alerted('alert');"
        "document.addEventListener('securitypolicyviolation',"
        " event => window.alerted(event.violatedDirective));"
    )
    page.on("console", lambda said: fired.append(said.text))
    page.on("pageerror", lambda error: fired.append(str(error)))
    page.on("dialog", lambda dialog: fired.append(dialog.message))
    for path in ("/console", f"/console/reports/{report_id}"):
        await page.goto(f"{demo.url}{path}")
        shown = await page.inner_text("main")
        assert "<script>alert(1)</script>" in shown
        assert "[U+202E]" in shown
        assert "\u202e" not in shown
        assert "javascript:alert(1)" in await page.inner_text("main")
        assert await page.locator("a[href^=javascript], main script, main svg").count() == 0
    await page.fill("#note", ATTACK)
    async with page.expect_navigation():
        await page.click("form:has(#note) button")
    await page.fill("#message_to_reporter", ATTACK)
    async with page.expect_navigation():
        await page.click("form:has(#message_to_reporter) button")
    await page.fill("#reason", ATTACK)
    async with page.expect_navigation():
        await page.click("#contact button")
    assert ATTACK[:25] in await page.inner_text(".contact")
    assert (await page.inner_text(".history")).count("<script>alert(1)</script>") == 3
    images = "[...document.querySelectorAll('.evidence img')]"
    await until(page, f"{images}.length === 2 && {images}.every(one => one.naturalWidth === 64)")
    await page.goto(f"{demo.url}/console?q=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E")
    await page.wait_for_timeout(200)
    assert fired == []
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_charts_are_drawn_under_the_strict_policy(
    demo: Demo, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    await file_report(demo, HOSTILE)
    context = await browser.new_context(locale="en-GB", color_scheme=scheme)
    page = await log_in(context, demo, demo_service.ANALYST)
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    for path, charts in (("map", 1), ("timeline", 1), ("statistics", 5)):
        await page.goto(f"{demo.url}/console/{path}")
        await page.locator("figure[data-drawn]").nth(charts - 1).wait_for()
        assert await page.locator("figure canvas").count() == charts
        for canvas in await page.locator("figure canvas").all():
            await canvas.hover()  # what is said there stays on the canvas
            assert await canvas.evaluate(INKED)
    await page.goto(f"{demo.url}/console/map")
    before = await page.locator("figure canvas").screenshot()
    await page.press("[data-zoom='1.5']", "Enter")
    await page.wait_for_timeout(500)
    assert await page.locator("figure canvas").screenshot() != before
    assert problems == []
    await context.close()


def cover_each_other(pairs: Iterable[tuple[Any, Any]]) -> list[tuple[str, str]]:
    """Return the texts of those pairs of a drawing that lie over each other."""
    return [
        (one.get("text", ""), other.get("text", ""))
        for one, other in pairs
        if min(one["right"], other["right"]) > max(one["left"], other["left"]) + _TOUCH
        and min(one["bottom"], other["bottom"]) > max(one["top"], other["top"]) + _TOUCH
    ]


@pytest.mark.parametrize("locale", ["en-GB", "zh-TW"])
async def test_no_name_of_the_map_lies_over_another_and_nothing_is_cut_off(
    demo: Demo, browser: Browser, locale: str
) -> None:
    for latitude, longitude in ((25.03, 121.56), (22.51, 120.33)):
        place = {"text": "x", "latitude": latitude, "longitude": longitude}
        await file_report(demo, {"description": f"{locale} at {latitude}.", "place": place})
    context = await browser.new_context(locale=locale, viewport={"width": 1280, "height": 800})
    page = await log_in(context, demo, demo_service.ANALYST)
    await page.goto(f"{demo.url}/console/map")
    await page.locator("figure[data-drawn]").wait_for()
    tip = await page.evaluate(TIP)
    assert tip > 0
    for wanted in (None, "1.5", "1.5"):
        if wanted:
            await page.press(f"[data-zoom='{wanted}']", "Enter")
        ends = time.monotonic() + 10
        while True:  # as long as it comes closer, names are still on their way
            await page.wait_for_timeout(500)
            words = await page.evaluate(BOXES, "tspan")
            names = [one for one in words if one["text"].endswith(("City", "County", "市", "縣"))]
            covered = cover_each_other(itertools.combinations(names, 2))
            if (len(names) > 1 and not covered) or time.monotonic() > ends:
                break
        assert len(names) > 1  # a report from far away makes all of it small
        assert covered == []
    tops = "[...document.querySelectorAll('header form')].map((one) => one.offsetTop)"
    assert len(set(await page.evaluate(tops))) == 1  # the languages stand beside the login
    await context.close()


@pytest.mark.parametrize("width", [360, 1280])
async def test_a_graph_of_many_reports_lies_in_its_frame_and_comes_closer(
    demo: Demo, browser: Browser, width: int
) -> None:
    case = await fill_case(demo)
    context = await browser.new_context(locale="en-GB", viewport={"width": width, "height": 800})
    page = await log_in(context, demo, demo_service.ANALYST)
    problems: list[str] = []
    page.on("console", lambda said: problems.extend([said.text] if said.type == "error" else []))
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(f"{demo.url}/console/cases/{case}/graph")
    figure, canvas = page.locator("figure[data-drawn]"), page.locator("figure canvas")
    await figure.wait_for()
    await page.wait_for_timeout(1_500)  # it moves there
    assert await canvas.evaluate(INKED)
    assert not await canvas.evaluate(AT_THE_RIM)
    assert "Number plate" in await page.inner_text(".legend")
    words = await page.evaluate(BOXES, "tspan")
    shared = [one["text"] for one in words if not one["text"].startswith("20")]
    nodes = await page.locator("figure script").evaluate(
        "(one) => JSON.parse(one.textContent).nodes"
    )
    facts = sum(one["kind"] != "report" for one in nodes)
    assert len(shared) == facts > 5  # what reports share has its words always
    symbols = await page.evaluate(BOXES, "path")
    days = [one for one in words if one["text"] not in shared]
    assert len(symbols) == len(nodes)
    assert cover_each_other(itertools.product(symbols, days)) == []
    for wanted, zoom in (("1.5", "1.50"), ("1.5", "2.25"), ("0.667", "1.50"), ("0", "1.00")):
        await page.press(f"[data-zoom='{wanted}']", "Enter")
        assert await figure.get_attribute("data-zoom") == zoom
    await canvas.scroll_into_view_if_needed()
    await canvas.hover()
    await page.mouse.wheel(0, 40)  # scrolls the page
    assert await figure.get_attribute("data-zoom") == "1.00"
    await page.keyboard.down("Control")
    await page.mouse.wheel(0, -400)
    await page.keyboard.up("Control")
    await until(page, "Number(document.querySelector('figure').dataset.zoom) > 1")
    assert problems == []
    await context.close()


async def fill_case(demo: Demo) -> str:
    """Have a case of 35 reports, and return its id."""
    for number in range(35):
        claimed = {"plate": "GRA-2046", "phone": f"0955 111 {number // 3:03}"}
        await file_report(demo, {"description": f"story {number}", "claimed": claimed})
    demo.run(link_due(demo.runtime))
    filters = ReportFilters(plate="GRA-2046")
    found: Any = demo.run(report_lists.list_reports(demo.runtime, filters, 1))
    detail: Any = demo.run(fraud_reports.read_report(demo.runtime, found.items[0].id))
    return str(detail.standing.case_id)


async def test_an_analyst_works_without_javascript(demo: Demo, browser: Browser) -> None:
    report_id = await file_report(demo, {"description": "A man asked for a transfer."})
    context = await browser.new_context(locale="en-GB", java_script_enabled=False)
    page = await log_in(context, demo, demo_service.ANALYST)
    assert page.url == f"{demo.url}/console"
    await page.click(f"a[href='/console/reports/{report_id}']")
    await page.select_option("#status", "triaged")
    async with page.expect_navigation():
        await page.click("form:has(#note) button")
    assert "new → triaged" in await page.inner_text(".history")
    assert "Saved." in await page.inner_text("main")
    await context.close()


@pytest.mark.parametrize(
    ("width", "scripts", "seen"), [(360, True, False), (360, False, False), (1280, True, True)]
)
async def test_filters_leave_a_narrow_screen_to_the_reports_until_one_is_used(
    demo: Demo, browser: Browser, *, width: int, scripts: bool, seen: bool
) -> None:
    context = await browser.new_context(
        locale="en-GB", java_script_enabled=scripts, viewport={"width": width, "height": 800}
    )
    page = await log_in(context, demo, demo_service.ANALYST)
    await page.wait_for_load_state("load")
    assert await page.is_visible("#q")
    assert await page.is_visible("#plate") is seen
    if not seen:
        await page.click("form.filters summary")
    await page.fill("#plate", "ABC-1234")
    await page.click("form.filters button")
    await page.wait_for_url("**plate=ABC-1234**", wait_until="load")
    assert await page.input_value("#plate") == "ABC-1234"
    assert await page.is_visible("#plate")
    await context.close()


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_desk_clerk_needs_only_the_keyboard(
    demo: Demo, browser: Browser, *, scripts: bool
) -> None:
    demo.run(demo_service.current_visit(demo.runtime))  # another test may have cancelled the last
    context = await browser.new_context(locale="en-GB", java_script_enabled=scripts)
    page = await log_in(context, demo, demo_service.HOTLINE_DESK)
    assert page.url == f"{demo.url}/console/desk"
    await page.wait_for_selector("#customer_phone:focus")
    await page.keyboard.type("0912-345-678")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-standing]")
    assert await page.get_attribute("[data-standing]", "data-standing") == "now"
    assert page.url == f"{demo.url}/console/desk"
    await page.wait_for_selector("h1:focus")  # given once the page is drawn
    shot = Image.open(io.BytesIO(await page.locator(".team img").first.screenshot()))
    assert len(shot.getcolors(maxcolors=1 << 24) or []) > 3
    assert "林志明" in await page.inner_text(".team")
    await context.close()


async def test_a_watched_phone_warns_the_customer_and_the_console_at_once(
    demo: Demo, browser: Browser
) -> None:
    team = [Caller(subject, frozenset({Role.FRAUD})) for subject in ("A-3001", "A-3002")]
    visit: Any = demo.run(demo_service.current_visit(demo.runtime))
    draft = WatchDraft(
        WatchKind.BADGE, "B-1001", "copied?", demo.runtime.clock() + timedelta(days=1)
    )
    entry: Any = demo.run(watchlist.add(demo.runtime, team[0], draft))
    demo.run(watchlist.approve(demo.runtime, team[1], entry.id))
    assert visit.staff[0].staff_number == demo_service.VISITOR.subject
    console = await browser.new_context(locale="en-GB")
    page = await log_in(console, demo, demo_service.ANALYST)
    violations: list[str] = []
    page.on("console", lambda said: violations.append(said.text))
    async with page.expect_response("**/v1/fraud/events"):
        await page.goto(f"{demo.url}/console/watchlist")
    met = page.locator("#live a[data-kind=watchlist_hit]")
    assert not await met.is_visible()
    door = await browser.new_context(locale="en-GB")
    screen = await door.new_page()
    await screen.goto(f"{demo.url}/demo")
    await until(screen.frames[1], CODE)
    code = await screen.frames[1].evaluate(CODE)
    customer = await (await browser.new_context(locale="en-GB")).new_page()
    began = time.monotonic()
    await customer.goto(code)
    await met.wait_for(timeout=1000)
    assert time.monotonic() - began < 2  # the customer's own page included
    assert await customer.get_attribute(".verdict", "data-reason") == "under_review"
    assert "call" in await customer.inner_text(".verdict")
    await met.click()
    await page.wait_for_url("**/console/sightings?kind=watchlist_hit")
    assert "B-1001" in await page.inner_text("table")
    assert violations == []
    demo.run(watchlist.remove(demo.runtime, team[0], entry.id))
    for context in (console, door, customer.context):
        await context.close()


async def test_the_alarm_of_a_report_leads_to_it_and_stays_until_then(
    demo: Demo, browser: Browser
) -> None:
    analyst = Caller("A-3001", frozenset({Role.FRAUD}))
    expires_at = demo.runtime.clock() + timedelta(days=1)
    draft = WatchDraft(WatchKind.PLATE, "WTC-5501", "seen at three doors", expires_at)
    entry: Any = demo.run(watchlist.add(demo.runtime, analyst, draft))
    context = await browser.new_context(locale="en-GB")
    page = await log_in(context, demo, demo_service.ANALYST)
    async with page.expect_response("**/v1/fraud/events"):
        await page.goto(f"{demo.url}/console/statistics")
    said = {"description": "A man in a car.", "claimed": {"plate": "wtc 5501"}}
    report_id = await file_report(demo, said)
    met = page.locator("#live a[data-kind=watchlist_hit]:visible")
    await met.wait_for(timeout=1000)
    async with page.expect_response("**/v1/fraud/events"):
        await page.goto(f"{demo.url}/console/cases")
    await met.wait_for(timeout=1000)  # another page of the console does not lose it
    assert await met.get_attribute("href") == f"/console/reports/{report_id}"
    await met.click()
    await page.wait_for_url(f"**/console/reports/{report_id}")
    assert "On the watchlist: WTC-5501 (number plate)" in await page.inner_text("#watched")
    await page.goto(f"{demo.url}/console/cases")
    await page.wait_for_load_state("load")
    assert not await met.is_visible()
    demo.run(watchlist.remove(demo.runtime, analyst, entry.id))
    await context.close()
