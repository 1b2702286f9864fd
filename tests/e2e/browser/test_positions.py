"""Where the customer is: shared by a press of a button only, and left out again by another."""

from typing import Any

from playwright.async_api import Browser, Page

from service import fraud_reports, report_lists
from service.report_lists import ReportFilters
from tests.e2e.browser.test_door import customer_of, until
from tests.e2e.conftest import Demo

HERE = {"latitude": 25.0478, "longitude": 121.5171}
BUTTON, SAID = "#position button", "#position [role=status]"


async def form_of(page: Page, demo: Demo, words: str) -> None:
    await page.goto(f"{demo.url}/report")
    await page.fill("#description", words)
    await page.wait_for_selector(BUTTON)


async def sent(page: Page, demo: Demo, words: str) -> Any:  # noqa: ANN401 - None or a place
    async with page.expect_navigation():
        await page.click("#report > button")
    found: Any = demo.run(report_lists.list_reports(demo.runtime, ReportFilters(q=words), 1))
    detail: Any = demo.run(fraud_reports.read_report(demo.runtime, found.items[0].id))
    return detail.place


async def test_a_position_goes_with_a_report_when_its_button_was_pressed(
    demo: Demo, browser: Browser
) -> None:
    context = await customer_of(browser, geolocation=HERE, permissions=["geolocation"])
    page = await context.new_page()
    await form_of(page, demo, "he stood right here")
    assert await page.input_value("[name=latitude]") == ""
    await page.click(BUTTON)
    await until(page, "document.querySelector('[name=latitude]').value")
    assert "goes with the report" in await page.inner_text(SAID)
    place = await sent(page, demo, "he stood right here")
    assert (place.latitude, place.longitude) == (HERE["latitude"], HERE["longitude"])
    await form_of(page, demo, "he stood elsewhere")
    await page.click(BUTTON)
    await until(page, "document.querySelector('[name=latitude]').value")
    await page.click(BUTTON)
    assert await page.inner_text(SAID) == ""
    assert await sent(page, demo, "he stood elsewhere") is None
    await context.close()


async def test_a_form_without_a_position_is_sent_as_well(demo: Demo, browser: Browser) -> None:
    context = await customer_of(browser, permissions=[])  # and so it is refused
    page = await context.new_page()
    await form_of(page, demo, "somewhere in the lane")
    await page.click(BUTTON)
    await until(page, f"document.querySelector('{SAID}').textContent")
    assert "could not tell where you are" in await page.inner_text(SAID)
    assert await sent(page, demo, "somewhere in the lane") is None
    await context.close()
