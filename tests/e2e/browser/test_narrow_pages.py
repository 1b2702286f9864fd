"""What a narrow screen must not break, and how a photo is spoken of."""

from typing import Any

from playwright.async_api import Browser, FilePayload

from domain.states import Language
from service import additions, reports
from service import demo as demo_service
from service.report_drafts import ReportDraft
from tests.e2e.browser.test_console import log_in
from tests.e2e.browser.test_door import customer_of, until
from tests.e2e.conftest import Demo
from tests.reports import image

BROKEN = """(number) => {
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const lines = [];
  while (words.nextNode()) {
    const at = words.currentNode.data.indexOf(number);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(words.currentNode, at);
    range.setEnd(words.currentNode, at + number.length);
    lines.push(range.getClientRects().length);
  }
  return lines;
}"""
"""Returns on how many lines each showing of a number stands."""


async def test_a_number_to_call_stands_on_one_line(demo: Demo, browser: Browser) -> None:
    number = demo.runtime.hotline
    assert "-" in number
    for language in ("en-GB", "zh-TW", "zh-CN"):
        context = await browser.new_context(locale=language)
        page = await context.new_page()
        for path in ("/unsafe", "/v/1", "/report"):
            await page.goto(f"{demo.url}{path}")
            for width in (*range(300, 420, 6), 1280):
                await page.set_viewport_size({"width": width, "height": 800})
                lines = await page.evaluate(BROKEN, number)
                assert lines, path
                assert set(lines) == {1}, (path, language, width)
        await context.close()


async def test_one_photo_is_not_spoken_of_as_several(demo: Demo, browser: Browser) -> None:
    context = await customer_of(browser)
    page = await context.new_page()
    await page.goto(f"{demo.url}/report")
    said = "document.getElementById('progress').textContent"
    photos: list[FilePayload] = [
        {"name": "a.png", "mimeType": "image/png", "buffer": image("PNG")} for _ in range(2)
    ]
    for count in (1, 2):
        await page.set_input_files("#evidence", photos[:count])
        await until(page, f"{said}.includes('ready') && {said}.includes('{count}')")
        assert await page.evaluate(said) == f"Photos ready to send: {count}"
    await context.close()


async def test_a_reload_of_an_addition_adds_nothing(demo: Demo, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False, locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{demo.url}/report")
    await page.fill("#description", "It is told once.")
    await page.click("#report > button")
    await page.click("form[action='/track'] button")
    await page.fill("#text", "Half of it")
    await page.click("header button[value='zh-Hant']")
    assert await page.input_value("#text") == "Half of it"
    await page.fill("#text", "All of it")
    await page.click("#addition button")
    for _ in range(2):
        await page.reload()
    assert await page.locator("article p[dir=auto]").all_inner_texts() == ["All of it"]
    assert page.url == f"{demo.url}/track/added"
    await context.close()


async def test_what_is_said_of_a_report_stands_below_it_in_its_card(
    demo: Demo, browser: Browser
) -> None:
    told = {"occurred_at": demo.runtime.clock().isoformat(), "description": "To be added to."}
    draft = ReportDraft.model_validate(told)
    sent: Any = demo.run(reports.submit(demo.runtime, draft, (), Language.ENGLISH))
    demo.run(additions.add(demo.runtime, "", sent.tracking_code, "More of it.", ()))
    context = await browser.new_context(
        locale="en-GB", viewport={"width": 360, "height": 800}, java_script_enabled=False
    )
    page = await log_in(context, demo, demo_service.ANALYST)
    await page.goto(f"{demo.url}/console?q=To+be+added")
    link = await page.locator("#queue a[data-row]").bounding_box()
    mark = await page.get_by_text("+1", exact=True).bounding_box()
    assert link and mark  # noqa: PT018 - both are shown
    assert mark["x"] >= link["x"]  # else it stands below the word that names the column
    await context.close()
