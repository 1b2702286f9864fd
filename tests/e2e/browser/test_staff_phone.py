"""The staff app away from its sunny day: no login, no enrolment, no network, a slip of a finger."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from domain.callers import Caller, Role
from service import demo as demo_service
from service import devices
from service.demo import ANALYST, COLLEAGUE, VISITOR
from tests.e2e.browser.test_door import CODE, open_code, until
from tests.e2e.conftest import Demo

PHONE: Final[dict[str, Any]] = {"viewport": {"width": 360, "height": 800}, "locale": "en-GB"}


@pytest_asyncio.fixture
async def phone(demo: Demo, browser: Browser) -> AsyncIterator[Page]:
    """Give a phone that knows nothing yet, and a visit under way."""
    demo.ahead = timedelta()
    demo.run(demo_service.current_visit(demo.runtime))
    context = await browser.new_context(**PHONE)
    yield await context.new_page()
    await context.close()


async def log_in(context: BrowserContext, demo: Demo, subject: str = VISITOR.subject) -> None:
    await context.request.post(
        f"{demo.url}/login", form={"subject": subject}, headers={"Origin": demo.url}
    )


async def open_staff(page: Page, demo: Demo, status: str) -> None:
    await page.goto(f"{demo.url}/staff")
    await says(page, status)


async def says(page: Page, status: str) -> None:
    await until(page, f"document.getElementById('status').dataset.status === '{status}'", 10)


async def send(page: Page, code: str) -> None:
    await page.fill("#enrolment_code", code)
    await page.click("#enrolment button")


async def enrol(page: Page, demo: Demo) -> None:
    await log_in(page.context, demo)
    await open_staff(page, demo, "unregistered")
    await send(page, str(demo.run(demo_service.enrolment_code(demo.runtime))))
    await until(page, CODE)


async def kept_on(page: Page, name: str) -> Any:  # noqa: ANN401 - whatever is kept
    read = f"import('/static/store.js').then(({{ read }}) => read('{name}'))"
    return await page.evaluate(f"{read}.then((it) => it?.id ?? Boolean(it))")


async def test_whoever_is_not_logged_in_is_led_to_the_login_and_back(
    demo: Demo, phone: Page
) -> None:
    await open_staff(phone, demo, "logged_out")
    assert not await phone.is_visible("#enrolment")
    await phone.click("#login a")
    async with phone.expect_navigation():
        await phone.click(f"button[value={VISITOR.subject}]")
    assert phone.url == f"{demo.url}/staff"
    await says(phone, "unregistered")
    assert await phone.is_visible("#enrolment")
    assert not await phone.is_visible("#forget")


async def test_somebody_who_visits_nobody_is_told_so(demo: Demo, phone: Page) -> None:
    await log_in(phone.context, demo, ANALYST.subject)
    await open_staff(phone, demo, "not_staff")
    assert await phone.is_visible("#login a")


async def test_a_code_that_is_sent_without_a_login_says_so_in_the_page_s_language(
    demo: Demo, browser: Browser
) -> None:
    context = await browser.new_context(**{**PHONE, "locale": "zh-TW"})
    page = await context.new_page()
    await log_in(context, demo)
    await open_staff(page, demo, "unregistered")
    await context.clear_cookies()
    await send(page, "ZZZZZZZZZZ")
    await says(page, "logged_out")
    assert (await page.inner_text("#status")).isascii() is False
    assert "token" not in await page.inner_text("main")
    assert await page.is_visible("#login a")
    await context.close()


async def test_a_mistyped_code_waits_aloud_and_may_be_sent_again(demo: Demo, phone: Page) -> None:
    await log_in(phone.context, demo)
    await open_staff(phone, demo, "unregistered")
    await send(phone, "ZZZZZZZZZZ")
    await says(phone, "pending")
    assert str(await kept_on(phone, "device")) in await phone.inner_text("#status")
    await phone.reload()
    await says(phone, "pending")
    await phone.wait_for_timeout(500)
    await says(phone, "pending")
    await send(phone, str(demo.run(demo_service.enrolment_code(demo.runtime))))
    code = await until(phone, CODE)
    assert not await phone.is_visible("#enrolment")
    customer = await open_code(phone.context, code)
    assert await customer.get_attribute(".verdict", "data-reason") == "authorised"


async def test_a_phone_that_was_approved_shows_its_code(demo: Demo, phone: Page) -> None:
    await log_in(phone.context, demo)
    await open_staff(phone, demo, "unregistered")
    await send(phone, "")
    await says(phone, "pending")
    waiting = await kept_on(phone, "device")
    await send(phone, "")  # another key would undo the approval
    await until(phone, "document.querySelector('#enrolment button').disabled === false", 10)
    assert await kept_on(phone, "device") == waiting
    demo.run(devices.approve(demo.runtime, str(waiting)))
    await phone.reload()
    await until(phone, CODE)
    assert not await phone.is_visible("#enrolment")


async def test_a_phone_without_visits_is_told_what_the_registry_decided(
    demo: Demo, phone: Page
) -> None:
    nothing: dict[str, Any] = {"items": [], "next_cursor": None}
    await phone.route("**/v1/staff/visits", lambda route: route.fulfill(json=nothing))
    await log_in(phone.context, demo)
    await open_staff(phone, demo, "unregistered")
    await send(phone, "")
    await says(phone, "pending")
    waiting = str(await kept_on(phone, "device"))
    demo.run(devices.approve(demo.runtime, waiting))
    await send(phone, "ZZZZZZZZZZ")  # whose answer a wrong code would undo
    await says(phone, "enrolled")
    assert await kept_on(phone, "device") == waiting
    assert not await phone.is_visible("#enrolment")
    desk = Caller("D-2001", frozenset({Role.DESK}))
    demo.run(devices.revoke(demo.runtime, desk, waiting))
    await phone.reload()
    await says(phone, "withdrawn")
    await send(phone, "")  # a new key: the old one stays withdrawn
    await says(phone, "pending")
    assert await kept_on(phone, "device") != waiting


async def test_a_phone_of_somebody_else_is_not_registered_until_he_is_back(
    demo: Demo, phone: Page
) -> None:
    await enrol(phone, demo)
    await log_in(phone.context, demo, COLLEAGUE.subject)
    await phone.reload()
    await says(phone, "unregistered")
    assert await phone.is_visible("#enrolment")
    assert await kept_on(phone, "key") is True
    await log_in(phone.context, demo)
    await phone.reload()
    await until(phone, CODE)
    assert not await phone.is_visible("#enrolment")


async def test_a_phone_that_is_not_reached_says_that_it_was_not_registered(
    demo: Demo, phone: Page
) -> None:
    await log_in(phone.context, demo)
    await open_staff(phone, demo, "unregistered")
    await phone.context.set_offline(offline=True)
    await send(phone, "ZZZZZZZZZZ")
    await says(phone, "not_registered")
    assert await phone.inner_text("#connection") == "No connection."
    assert await kept_on(phone, "key") is False


async def test_a_visit_ends_when_it_was_asked_for_twice_and_then_is_gone(
    demo: Demo, phone: Page
) -> None:
    faults: list[object] = []
    phone.on("pageerror", lambda fault: faults.append(fault))  # noqa: PLW0108 - playwright cannot mark a built-in
    await enrol(phone, demo)
    visit = await phone.evaluate("document.querySelector('[data-visit]').dataset.visit")
    await phone.click("#end")
    await phone.click("#end_sure button[value=no]")
    await says(phone, "showing")
    await phone.context.set_offline(offline=True)
    await until(phone, "document.getElementById('connection').textContent.startsWith('No conn')")
    await phone.click("#end")
    await phone.click("#end_sure button[value=yes]")
    await phone.wait_for_selector("#not_ended", state="visible")
    assert await phone.evaluate(CODE)
    await phone.context.set_offline(offline=False)
    await until(phone, "document.getElementById('connection').textContent === 'Connected.'")
    await phone.click("#end")
    await phone.click("#end_sure button[value=yes]")
    await says(phone, "over")
    assert await phone.query_selector(f"[data-visit='{visit}']") is None
    await phone.wait_for_timeout(500)
    await says(phone, "over")
    assert faults == []


async def test_what_fails_for_one_visit_takes_no_code_of_another_away(
    demo: Demo, phone: Page
) -> None:
    await enrol(phone, demo)
    await phone.route("**/v1/visits/odd/tokens", lambda route: route.fulfill(status=500, json={}))
    (kept,) = await phone.evaluate(
        """async () => {
          const { read, write } = await import("/static/store.js");
          const { fetchTokens } = await import("/static/staff_phone.js");
          const [{ visit }] = Object.values(await read("tokens"));
          await write("tokens", {});
          const failed = await fetchTokens([{ ...visit, id: "odd" }, visit]).catch((it) => it);
          return Object.keys(await read("tokens")).map((id) => [id === visit.id, failed.status]);
        }"""
    )
    assert kept == [True, 500]


async def test_a_token_of_an_earlier_key_does_not_tell_that_a_new_one_was_approved(
    demo: Demo, phone: Page
) -> None:
    await enrol(phone, demo)
    await phone.route("**/v1/visits/*/tokens", lambda route: route.fulfill(status=500, json={}))
    kept = await phone.evaluate(
        """async () => {
          const { read, write } = await import("/static/store.js");
          const { enrol, fetchTokens } = await import("/static/staff_phone.js");
          const before = await read("tokens");
          await enrol("ZZZZZZZZZZ", "phone");
          const after = Object.keys(await read("tokens")).length;
          await write("tokens", before);
          const failed = await fetchTokens(Object.values(before).map(({ visit }) => visit))
            .catch((it) => it);
          return [after, failed.status, Object.keys(await read("tokens")).length > 0,
            (await read("device")).status];
        }"""
    )
    assert kept == [0, 500, True, "pending"]


async def test_nothing_is_forgotten_at_one_touch(demo: Demo, phone: Page) -> None:
    await enrol(phone, demo)
    await phone.context.clear_cookies()
    await phone.reload()
    await says(phone, "logged_out")  # which keeps nobody from forgetting
    await phone.click("#forget")
    await phone.keyboard.press("Escape")
    await phone.wait_for_timeout(200)
    assert await kept_on(phone, "key") is True
    await phone.click("#forget")
    async with phone.expect_navigation():
        await phone.click("#forget_sure button[value=yes]")
    await says(phone, "logged_out")
    assert not await phone.is_visible("#forget")
    assert await kept_on(phone, "key") is False
    assert await kept_on(phone, "device") is False


async def test_times_are_the_service_s_wherever_the_phone_is(demo: Demo, browser: Browser) -> None:
    context = await browser.new_context(**PHONE, timezone_id="America/New_York")
    page = await context.new_page()
    demo.ahead = timedelta()
    visit: Any = demo.run(demo_service.current_visit(demo.runtime))
    await enrol(page, demo)
    zone = demo.runtime.time_zone
    listed = await page.inner_text(f"[data-visit='{visit.id}']")
    assert f"{visit.starts_at.astimezone(zone):%H:%M}" in listed
    before = demo.runtime.clock()
    await open_code(context, await page.evaluate(CODE))
    said = await until(page, "document.getElementById('checked').textContent")
    between = {f"Checked at {at.astimezone(zone):%H:%M}." for at in (before, demo.runtime.clock())}
    assert said in between
    await context.close()


@pytest.mark.parametrize("path", ["/staff", "/demo"])
async def test_without_javascript_the_page_says_that_it_needs_it(
    demo: Demo, browser: Browser, path: str
) -> None:
    context = await browser.new_context(**PHONE, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{demo.url}{path}")
    said = await page.inner_text("main")
    assert "JavaScript" in said
    assert "Starting" not in said
    assert await page.locator("main button:visible").count() == 0
    await context.close()


async def test_the_demo_works_again_after_its_data_were_removed(
    demo: Demo, browser: Browser
) -> None:
    demo.ahead = timedelta()
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    await page.goto(f"{demo.url}/demo")
    await until(page.frames[1], CODE)
    # As far as the service knows, this browser's phone was never there.
    await page.evaluate(
        "import('/static/store.js').then(({ writeAll }) => writeAll("
        "{ device: { id: 'gone', status: 'active' }, tokens: {} }))"
    )
    await page.reload()
    await until(page.frames[1], CODE, 10)
    await context.close()


async def test_the_demo_is_as_wide_as_its_header(demo: Demo, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    await page.goto(f"{demo.url}/demo")
    widths = await page.evaluate(
        "['header', '.phones', 'footer'].map((one) => {"
        " const style = getComputedStyle(document.querySelector(one));"
        " const { left, right } = document.querySelector(one).getBoundingClientRect();"
        " return [left + parseFloat(style.paddingLeft), right - parseFloat(style.paddingRight)]; })"
    )
    assert widths[0] == widths[1] == widths[2]
    await context.close()
