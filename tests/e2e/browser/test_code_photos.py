"""The start page's photo and its live camera, in a real browser."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Page

from tests.e2e.browser.test_accessibility import Look
from tests.e2e.browser.test_door import CODE, customer_of, reason, until
from tests.e2e.conftest import Demo
from tests.photographs import encode, photograph, screen

CHECK: Final = "#photo button"
CHOSEN: Final = """
    (async () => {
      const file = document.getElementById("image").files[0];
      const { width, height } = await createImageBitmap(file);
      return [file.type, width, height];
    })()
"""
REFUSED: Final = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error());"
# Chromium on Linux has no BarcodeDetector. This one sees whatever the test says; what the page does
# with the camera and with a text is the page's own.
DETECTOR: Final = """
    globalThis.seen = %s;
    globalThis.BarcodeDetector = class {
      static async getSupportedFormats() { return ["qr_code"]; }
      async detect(picture) {
        if (!(picture.videoWidth > 0)) throw new Error("no picture yet");
        return globalThis.seen.map((rawValue) => ({ rawValue }));
      }
    };
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      globalThis.wanted = wanted;
      return (globalThis.camera = await ask(wanted));
    };
"""


@pytest_asyncio.fixture
async def code(demo: Demo, browser: Browser) -> AsyncIterator[str]:
    """Yield what the visitor's screen shows."""
    demo.ahead = timedelta()
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{demo.url}/demo")
    yield str(await until(page.frames[1], CODE))
    await context.close()


def file(content: bytes, media_type: str = "image/jpeg") -> FilePayload:
    return {"name": "photo.jpg", "mimeType": media_type, "buffer": content}


async def start_page(demo: Demo, browser: Browser, detector: str = "", **more: Any) -> Page:  # noqa: ANN401 - any option
    context = await customer_of(browser, **more)
    if detector:
        await context.add_init_script(detector)
    page = await context.new_page()
    await page.goto(f"{demo.url}/")
    return page


@pytest.mark.parametrize("has_script", [False, True])
async def test_a_chosen_photo_leads_to_the_answer(
    demo: Demo, browser: Browser, code: str, *, has_script: bool
) -> None:
    page = await start_page(demo, browser, java_script_enabled=has_script)
    large = photograph(code, "small")  # 4000 x 3000
    await page.set_input_files("#image", file(large))
    if has_script:
        await until(page, f"document.getElementById('image').files[0].size < {len(large)}")
        assert await page.evaluate(CHOSEN) == ["image/jpeg", 1280, 960]
    await page.click(CHECK)
    await page.wait_for_url(f"{demo.url}/r")
    assert await reason(page) == "authorised"
    await page.context.close()


@pytest.mark.parametrize("has_script", [False, True])
async def test_a_photo_without_a_code_says_how_to_take_a_better_one(
    demo: Demo, browser: Browser, *, has_script: bool
) -> None:
    page = await start_page(demo, browser, java_script_enabled=has_script)
    await page.set_input_files("#image", file(encode(screen())))
    await page.click(CHECK)
    assert "There is no code to be read" in await page.inner_text("[role=alert]")
    assert await page.locator("#missing-photo").is_visible()
    # The browser brings the words into view.
    await until(page, "document.activeElement.id === 'image'")
    # What the browser itself cannot read goes to the server as it is.
    await page.set_input_files("#image", file(b"no picture", "image/heic"))
    async with page.expect_navigation():
        await page.click(f"{CHECK}:enabled")
    assert "This photo could not be read" in await page.inner_text("[role=alert]")
    await page.context.close()


async def test_without_a_detector_no_camera_is_offered(demo: Demo, browser: Browser) -> None:
    page = await start_page(demo, browser, "delete globalThis.BarcodeDetector;")
    assert await page.locator("#live").is_hidden()
    await page.context.close()


async def test_a_live_scan_leads_to_the_answer(demo: Demo, browser: Browser, code: str) -> None:
    """A stand-in for BarcodeDetector, which Chromium on Linux lacks; the camera is Chromium's."""
    page = await start_page(demo, browser, DETECTOR % "[]")
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    await page.click("#live-start")
    await until(page, "document.getElementById('live-picture').videoWidth > 0")
    assert await page.evaluate("globalThis.wanted.video.facingMode") == "environment"
    assert "Point the camera" in await page.inner_text("#live-status")
    two = json.dumps([code, "https://evil.example/"])
    await page.evaluate(f"globalThis.seen = {two}")
    await until(page, "document.getElementById('live-status').textContent.includes('several')")
    await page.evaluate(f"globalThis.seen = {json.dumps([code, code])}")
    await page.wait_for_url("**/r")
    assert await reason(page) == "authorised"
    assert code in asked
    assert problems == []
    await page.context.close()


@pytest.mark.parametrize(
    "foreign",
    [
        "https://evil.example/v/123",
        "{url}/v/12?x",
        "{url}/v/../staff",
        "javascript:alert(1)",
        "{url}.evil.example/v/1",
        "WIFI:S:bank;;",
    ],
)
async def test_a_foreign_code_is_asked_about_and_never_opened(
    demo: Demo, browser: Browser, foreign: str
) -> None:
    """A stand-in for BarcodeDetector, which Chromium on Linux lacks; the camera is Chromium's."""
    text = foreign.format(url=demo.url)
    page = await start_page(demo, browser, DETECTOR % json.dumps([text]))
    asked: list[tuple[str, str]] = []
    page.on("request", lambda sent: asked.append((sent.method, sent.url)))
    await page.click("#live-start")
    await page.wait_for_url("**/r")
    assert await reason(page) == "unrecognised"
    assert [url for method, url in asked if method == "POST"] == [f"{demo.url}/check"]
    assert all(url.startswith(f"{demo.url}/") for _, url in asked)
    assert not any("/v/" in url or url.endswith("/staff") for _, url in asked)
    await page.context.close()


async def test_the_camera_is_let_go(demo: Demo, browser: Browser) -> None:
    """A stand-in for BarcodeDetector, which Chromium on Linux lacks; the camera is Chromium's."""
    page = await start_page(demo, browser, DETECTOR % "[]")
    await page.click("#live-start")
    await until(page, "globalThis.camera?.active")
    await page.click("#live-stop")
    assert await page.evaluate("globalThis.camera.getTracks()[0].readyState") == "ended"
    assert await page.locator("#live-picture").is_hidden()
    await page.click("#live-start")
    await until(page, "globalThis.camera.active")
    await page.context.close()
    refused = await start_page(demo, browser, f"{DETECTOR % []}{REFUSED}")
    await refused.click("#live-start")
    assert "could not be opened" in await refused.inner_text("#live-status")
    assert await refused.locator("#live-start").is_visible()
    await refused.context.close()


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
async def test_everybody_can_read_the_photo_part(
    demo: Demo, browser: Browser, language: str
) -> None:
    context = await browser.new_context(locale=language)
    await context.add_init_script(DETECTOR % "[]")
    page = await context.new_page()
    look = Look(page, language)
    await page.goto(f"{demo.url}/")
    await page.click("#live-start")
    await until(page, "document.getElementById('live-picture').videoWidth > 0")
    await look.at("photo-live")
    await page.goto(f"{demo.url}/")
    await page.set_input_files("#image", file(encode(screen())))
    async with page.expect_navigation():
        await page.click(f"{CHECK}:enabled")
    assert await page.locator("#missing-photo").is_visible()
    await look.at("photo-refused")
    await context.close()
    assert look.found == {}
