"""Triage with the keyboard alone, and the same without scripts."""

import pytest
from playwright.async_api import Browser, Page

from service import demo as demo_service
from tests.e2e.browser.test_console import file_report, log_in
from tests.e2e.browser.test_door import until
from tests.e2e.conftest import Demo


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus, and hold that it can be seen to have it."""
    for _ in range(120):
        await page.keyboard.press("Tab")
        if await page.evaluate(f"document.activeElement.matches({selector!r})"):
            style = "getComputedStyle(document.activeElement)"
            assert await page.evaluate(f"{style}.outlineStyle") == "solid", selector
            assert await page.evaluate(f"parseFloat({style}.outlineWidth)") >= 3
            return
    message = f"Tab does not reach {selector}"
    raise AssertionError(message)


@pytest.mark.parametrize("scripts", [True, False])
async def test_an_analyst_triages_with_the_keyboard_alone(
    demo: Demo, browser: Browser, *, scripts: bool
) -> None:
    older = await file_report(demo, {"description": f"A keyboard report, scripts {scripts}, one."})
    await file_report(demo, {"description": f"Of somebody else, scripts {scripts}, the second."})
    context = await browser.new_context(locale="en-GB", java_script_enabled=scripts)
    page = await log_in(context, demo, demo_service.ANALYST)
    await page.wait_for_load_state("load")
    link = f"a[href='/console/reports/{older}']"
    assert await page.is_visible(".keys") is scripts
    if scripts:
        await page.keyboard.press("?")
        assert await page.is_visible("#keys")
        await page.keyboard.press("Escape")
        await page.wait_for_selector("#keys", state="hidden")  # keys pressed before are its own
        rows = "[...document.querySelectorAll('[data-row]')]"
        place = await page.evaluate(f"{rows}.findIndex((one) => one.matches({link!r}))")
        assert place > 0  # below the newer one, and below what earlier tests left
        for _ in range(place + 1):
            await page.keyboard.press("j")
        assert await page.evaluate(f"document.activeElement.matches({link!r})")
    else:
        await tab_to(page, ".skip")
        assert await page.is_visible(".skip:focus")
        await page.keyboard.press("Enter")
        await tab_to(page, link)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/reports/{older}", wait_until="load")
    if scripts:
        await page.keyboard.press("t")
    else:
        await tab_to(page, "button[name=assignee][value=me]")
        await page.keyboard.press("Enter")
    await page.wait_for_url("**?saved=true", wait_until="load")
    assert demo_service.ANALYST.subject in await page.inner_text(".state")
    await page.wait_for_selector(".done")
    if scripts:
        await page.keyboard.press("w")
    await tab_to(page, "#status")
    await page.keyboard.type("being")
    await tab_to(page, "#note")
    await page.keyboard.type("called back")
    await tab_to(page, "form:has(#note) button")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".tag.investigating")
    await page.wait_for_load_state("load")
    assert "called back" in await page.inner_text(".history")
    if scripts:
        await page.keyboard.press("u")
    else:
        await tab_to(page, "[data-key=u]")
        await page.keyboard.press("Enter")
    await page.wait_for_selector("#queue")
    await context.close()


async def test_the_way_back_leads_to_the_queue_as_it_was_left(demo: Demo, browser: Browser) -> None:
    said = "Of the way back, the first."
    report_id = await file_report(demo, {"description": said})
    await file_report(demo, {"description": "Of the way back, the second."})
    context = await browser.new_context(locale="en-GB")
    page = await log_in(context, demo, demo_service.ANALYST)
    left = f"{demo.url}/console?q=way+back&sort=received_at"
    await page.goto(left)
    await page.click(f"a[href='/console/reports/{report_id}']")
    await page.wait_for_url(f"**/reports/{report_id}", wait_until="load")
    await page.click("button[name=assignee][value=me]")
    await page.wait_for_url("**?saved=true", wait_until="load")
    await page.keyboard.press("u")
    await page.wait_for_url(left, wait_until="load")
    focused = "document.activeElement.getAttribute('href')"
    assert await page.evaluate(focused) == f"/console/reports/{report_id}"
    async with page.expect_navigation():
        await page.click("button[name=language][value=zh-Hant]")
    assert page.url == left
    assert await page.input_value("#q") == "way back"
    assert not await page.evaluate(focused)  # nobody comes back from a report
    await context.close()


async def test_a_note_outlives_other_forms_and_a_login(demo: Demo, browser: Browser) -> None:
    report_id = await file_report(demo, {"description": "Of a note that is half written."})
    context = await browser.new_context(locale="en-GB")
    page = await log_in(context, demo, demo_service.ANALYST)
    await page.goto(f"{demo.url}/console/reports/{report_id}", wait_until="load")
    note = "Half a note\nof two lines"
    await page.fill("#note", note)
    for press in ("button[name=assignee][value=me]", "button[name=words][value=triaged]"):
        async with page.expect_navigation(wait_until="load"):
            await page.click(press)
        assert await page.input_value("#note") == note, press
        assert "Half a note" not in await page.inner_text(".history")
    begun = await page.input_value("#message_to_reporter")
    assert begun
    await page.fill("#hold-reason", "a court asked")
    async with page.expect_navigation(wait_until="load"):
        await page.press("#hold-reason", "Enter")
    assert await page.input_value("#note") == note
    assert await page.input_value("#message_to_reporter") == begun
    await context.clear_cookies(name="session")
    async with page.expect_navigation(wait_until="load"):
        await page.click("form:has(#note) button")
    assert "Your login has run out" in await page.inner_text("h1")
    async with context.expect_page() as opened:
        await page.click("a[target=_blank]")
    other = await opened.value
    async with other.expect_navigation():
        await other.click(f"button[value={demo_service.ANALYST.subject}]")
    async with page.expect_navigation(wait_until="load"):
        await page.click("form.act button")
    assert "Half a note" in await page.inner_text(".history")
    assert await page.input_value("#note") == ""
    assert await page.input_value("#message_to_reporter") == begun
    await context.close()


async def test_the_keys_one_after_another_take_the_report_and_choose_nothing(
    demo: Demo, browser: Browser
) -> None:
    report_id = await file_report(demo, {"description": "Of keys one after another."})
    context = await browser.new_context(locale="en-GB")
    page = await log_in(context, demo, demo_service.ANALYST)
    await page.goto(f"{demo.url}/console/reports/{report_id}", wait_until="load")
    await page.keyboard.press("w")
    await until(page, "document.activeElement.textContent === 'Status and note'")
    assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    await page.keyboard.press("t")
    await page.wait_for_url("**?saved=true", wait_until="load")
    assert demo_service.ANALYST.subject in await page.inner_text(".state")
    assert await page.input_value("#status") == ""
    await context.close()


async def test_a_key_does_not_lead_onto_what_approves_an_end(demo: Demo, browser: Browser) -> None:
    report_id = await file_report(demo, {"description": "Of an end that waits."})
    for person in (demo_service.ANALYST, demo_service.SECOND_ANALYST):
        context = await browser.new_context(locale="en-GB")
        page = await log_in(context, demo, person)
        await page.goto(f"{demo.url}/console/reports/{report_id}", wait_until="load")
        if person is demo_service.ANALYST:
            await page.select_option("#status", "dismissed")
            async with page.expect_navigation(wait_until="load"):
                await page.click("form:has(#note) button")
        await page.keyboard.press("w")
        await page.keyboard.press("Enter")
        await until(page, "document.activeElement.id === 'closing'")
        await tab_to(page, "#closing button")
        await context.close()
