"""The main job in a real browser: a living code on one phone, the answer on another."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Frame, Page, Route

from service import demo as demo_service
from service import devices, visits
from service.visits import VisitChange
from tests.e2e.conftest import Demo
from web import staff as staff_pages

EXPECTED: Final = {
    "scan": "authorised",
    "notice": "authorised_for_you",
    "screenshot": "expired_code",
    "forged": "unrecognised",
    "wrong": "different_visit",
    "far": "seen_elsewhere",
    "suspended": "revoked",
}


async def until(page: Page | Frame, script: str, seconds: float = 30) -> Any:  # noqa: ANN401 - JSON
    """Poll a script until it is truthy; a strict policy forbids the browser's own waiting."""
    for _ in range(int(seconds * 10)):
        found = await page.evaluate(script)
        if found:
            return found
        await page.page.wait_for_timeout(100) if isinstance(
            page, Frame
        ) else await page.wait_for_timeout(100)
    message = f"never true: {script}"
    raise AssertionError(message)


CODE: Final = "document.getElementById('qr').dataset.code"


@pytest_asyncio.fixture
async def staff(demo: Demo, browser: Browser) -> AsyncIterator[Page]:
    demo.ahead = timedelta()
    context = await browser.new_context(viewport={"width": 360, "height": 800}, locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{demo.url}/demo")  # logs in as the demo's visitor
    await until(page.frames[1], CODE)  # and enrols this browser's key
    await page.goto(f"{demo.url}/staff")
    await until(page, CODE)
    yield page
    await context.close()


async def open_code(context: BrowserContext, code: str) -> Page:
    page = await context.new_page()
    await page.goto(code)
    return page


async def reason(page: Page) -> str | None:
    return await page.get_attribute(".verdict", "data-reason")


async def customer_of(browser: Browser, **more: Any) -> BrowserContext:  # noqa: ANN401 - any option
    return await browser.new_context(viewport={"width": 360, "height": 800}, locale="en-GB", **more)


async def test_every_button_of_the_demo_does_what_it_says(demo: Demo, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 1280, "height": 1200})
    page = await context.new_page()
    problems: list[str] = []

    def note(said: ConsoleMessage) -> None:
        # Who was suspended a moment ago asks for another token, and is refused it.
        is_refusal = "403" in said.text and said.location["url"].endswith("/tokens")
        if said.type == "error" and not is_refusal:
            problems.append(said.text)

    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(f"{demo.url}/demo")
    frame = page.frames[1]
    await until(frame, CODE)
    for action, expected in EXPECTED.items():
        await page.evaluate("document.getElementById('said').dataset.reason = ''")
        await page.click(f"[data-action={action}]")
        assert await until(page, "document.getElementById('said').dataset.reason") == expected
    assert problems == []
    await context.close()


async def test_a_photographed_screen_is_read_and_both_screens_agree(
    demo: Demo, staff: Page, browser: Browser
) -> None:
    version = await staff.evaluate("Number(document.getElementById('qr').dataset.version)")
    assert version <= 8
    shot = Image.open(io.BytesIO(await staff.screenshot())).convert("RGB")
    turned = shot.resize((shot.width * 3 // 2, shot.height * 3 // 2)).rotate(
        9, expand=True, fillcolor="gray"
    )
    photographed = io.BytesIO()
    turned.save(photographed, "JPEG", quality=40)
    (found,) = zxingcpp.read_barcodes(Image.open(photographed))
    assert found.text.startswith(f"{demo.url}/v/")
    context = await customer_of(browser)
    page = await open_code(context, found.text)
    assert page.url == f"{demo.url}/r"
    assert await reason(page) == "authorised"
    assert await page.evaluate("document.querySelector('.visitor img').naturalWidth") > 200
    assert "藍色大門旁" in await page.inner_text("main")
    number = await page.inner_text(".match strong")
    assert await until(staff, "document.getElementById('match').textContent") == number
    assert "Checked at" in await staff.inner_text("#checked")
    demo.ahead = timedelta(minutes=2)
    late = await open_code(context, found.text)
    assert await reason(late) == "expired_code"
    main = await late.inner_text(".verdict")
    assert "林志明" not in main
    assert await late.query_selector(".visitor") is None
    await context.close()


async def test_the_answer_works_without_javascript(
    demo: Demo, staff: Page, browser: Browser
) -> None:
    context = await customer_of(browser, java_script_enabled=False)
    page = await open_code(context, await staff.evaluate(CODE))
    assert await reason(page) == "authorised"
    code = str(demo.run(demo_service.notice_code(demo.runtime)))
    await page.fill("#notice_code", code)
    async with page.expect_navigation():
        await page.click("text=Check the notice code")
    assert await reason(page) == "authorised_for_you"
    await context.close()


async def test_offline_the_code_goes_on_changing_and_verifies(
    staff: Page, browser: Browser
) -> None:
    await until(staff, "navigator.serviceWorker.controller !== null")
    await staff.context.set_offline(offline=True)
    await staff.reload()  # the shell comes from the service worker
    first = await until(staff, CODE)
    assert await staff.evaluate("document.documentElement.scrollWidth") <= 360
    second = await until(staff, f"{CODE} !== {first!r} && {CODE}", 32)
    context = await customer_of(browser)
    assert await reason(await open_code(context, second)) == "authorised"
    await context.close()


async def test_an_update_reaches_a_phone_whole(
    staff: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    await until(staff, "navigator.serviceWorker.controller !== null")
    (before,) = await staff.evaluate("caches.keys()")
    await staff.evaluate("caches.open('menshen-shell-1')")  # as phones have it from before versions
    # As another version of the program would send them: first the page, then its worker.
    version, worker = before.removeprefix("menshen-shell-"), staff_pages._WORKER  # noqa: SLF001
    monkeypatch.setattr(staff_pages, "_VERSION", "next")
    await staff.reload()
    kept = f"caches.open('{before}').then((cache) => cache.match('/staff'))"
    header = f"{kept}.then(({{ headers }}) => headers.get('Menshen-Shell'))"
    assert await staff.evaluate(header) == version  # no newer page over older scripts
    monkeypatch.setattr(staff_pages, "_WORKER", worker.replace(version, "next"))
    await staff.reload()
    await until(staff, "caches.keys().then((names) => `${names}` === 'menshen-shell-next')")
    kept = "caches.open('menshen-shell-next').then((cache) => cache.keys())"
    paths = await staff.evaluate(
        f"{kept}.then((all) => all.map(({{ url }}) => new URL(url).pathname))"
    )
    asked = "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)"
    needed = {path for path in await staff.evaluate(asked) if path.startswith("/static/")}
    assert needed - set(paths) == set()
    await staff.context.set_offline(offline=True)
    await staff.reload()
    await until(staff, CODE)


async def test_a_cancelled_visit_leaves_the_screen_at_once(demo: Demo, staff: Page) -> None:
    visit: Any = demo.run(demo_service.current_visit(demo.runtime))
    demo.run(visits.cancel(demo.runtime, visit.id, "ill"))
    status = "document.getElementById('status').dataset.status === 'cancelled'"
    await until(staff, status)
    assert await staff.evaluate(CODE) is None


async def test_a_revoked_phone_shows_nothing_more(demo: Demo, staff: Page) -> None:
    code = await staff.evaluate(CODE)
    kept: Any = await staff.evaluate(
        "import('/static/store.js').then(({ read }) => read('device'))"
    )
    caller: Any = demo_service._caller(demo_service.VISITOR)  # noqa: SLF001 - the demo's own
    demo.run(devices.revoke(demo.runtime, caller, kept["id"]))
    await until(staff, "document.getElementById('status').dataset.status === 'withdrawn'")
    assert await staff.query_selector("[data-visit]") is None  # no other code works, either
    page = await open_code(staff.context, code)
    assert await reason(page) == "revoked"


async def test_a_visit_that_was_moved_shows_its_new_code_by_itself(demo: Demo, staff: Page) -> None:
    visit: Any = demo.run(demo_service.current_visit(demo.runtime))
    kept = "import('/static/store.js').then(({ read }) => read('tokens'))"
    ref = f"{kept}.then((tokens) => tokens['{visit.id}']?.token.ref)"
    before = await staff.evaluate(ref)
    sooner = VisitChange(ends_at=visit.ends_at - timedelta(minutes=10))
    demo.run(visits.move(demo.runtime, visit.id, sooner))
    await until(staff, f"{ref}.then((ref) => ref && ref !== '{before}')", 10)
    page = await open_code(staff.context, await until(staff, CODE, 10))
    assert await reason(page) == "authorised"


async def test_a_visit_that_was_moved_unheard_shows_its_new_code(demo: Demo, staff: Page) -> None:
    visit: Any = demo.run(demo_service.current_visit(demo.runtime))
    await until(staff, CODE, 10)
    # No stream tells of it: the phone slept, or had no signal.
    await staff.route("**/v1/visits/*/events*", lambda route: route.abort())
    await staff.reload()
    await until(staff, CODE, 10)
    sooner = VisitChange(ends_at=visit.ends_at - timedelta(minutes=20))
    demo.run(visits.move(demo.runtime, visit.id, sooner))
    await staff.evaluate("dispatchEvent(new Event('online'))")
    found = None
    for _ in range(5):
        if found != "authorised":
            await staff.wait_for_timeout(1_000)
            page = await open_code(staff.context, await staff.evaluate(CODE))
            found = await reason(page)
            await page.close()
    assert found == "authorised"


async def test_a_visit_that_a_colleague_ended_is_over(demo: Demo, staff: Page) -> None:
    visit: Any = demo.run(demo_service.current_visit(demo.runtime))
    caller: Any = demo_service._caller(demo_service.VISITOR)  # noqa: SLF001 - the demo's own
    demo.run(visits.end(demo.runtime, caller, visit.id, None))
    await until(staff, "document.getElementById('status').dataset.status === 'over'", 10)
    assert await staff.evaluate(CODE) is None


@pytest.mark.parametrize("name", ["staff", "customer"])
async def test_no_page_asks_another_host(demo: Demo, staff: Page, name: str) -> None:
    asked: list[str] = []
    staff.context.on("request", lambda request: asked.append(request.url))
    await staff.goto(f"{demo.url}/{'staff' if name == 'staff' else ''}")
    await staff.wait_for_timeout(500)
    assert asked
    assert all(url.startswith((demo.url, "data:")) for url in asked)


async def test_a_visit_cancelled_before_the_screen_listens_leaves_it_too(
    demo: Demo, staff: Page
) -> None:
    held = asyncio.Event()

    async def hold(route: Route) -> None:
        await held.wait()
        await route.continue_()

    await staff.route("**/events?*", hold)
    await staff.reload()
    await until(staff, CODE)
    visit: Any = demo.run(demo_service.current_visit(demo.runtime))
    demo.run(visits.cancel(demo.runtime, visit.id, "ill"))
    held.set()
    await until(staff, "document.getElementById('status').dataset.status === 'cancelled'")
    assert await staff.evaluate("document.getElementById('code').hidden")


# Answers only once it is let go: a key that signs while its screen is closed.
SLOW_KEY: Final = """
const sign = SubtleCrypto.prototype.sign;
window.held = true;
SubtleCrypto.prototype.sign = async function (...given) {
  const signed = await sign.apply(this, given);
  while (window.held) await new Promise((done) => setTimeout(done, 10));
  return signed;
};
"""


async def test_a_screen_that_was_closed_while_its_key_signed_stays_empty(
    demo: Demo, staff: Page
) -> None:
    faults: list[object] = []
    staff.on("pageerror", lambda fault: faults.append(fault))  # noqa: PLW0108 - playwright cannot mark a built-in
    await staff.add_init_script(SLOW_KEY)
    await staff.reload()
    await until(staff, "document.getElementById('status').dataset.status === 'showing'")
    visit: Any = demo.run(demo_service.current_visit(demo.runtime))
    demo.run(visits.cancel(demo.runtime, visit.id, "ill"))
    await until(staff, "document.getElementById('status').dataset.status === 'cancelled'")
    await staff.evaluate("window.held = false")
    await staff.wait_for_timeout(500)
    assert await staff.evaluate(CODE) is None
    assert faults == []
