"""The customer's pages, as a browser without JavaScript meets them."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from domain.states import Mode
from service import access_tokens, demo
from service.demo import ANALYST
from tests.databases import fresh_database
from tests.services import FAR, ORIGIN, Door, Service, running
from verifiers import jose_gate
from web.staff import version_of

HTML = {"Accept-Language": "en"}


async def page(service: Service, path: str, **more: object) -> str:
    response = await service.call("GET", path, headers={**HTML, **more})
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response.text


async def test_scanning_leads_to_a_clean_address(door: Door) -> None:
    path = urlsplit(door.code()).path
    opened = await door.service.call("GET", path)
    assert (opened.status_code, opened.headers["location"]) == (303, "/r")
    cookie = opened.headers["set-cookie"]
    for attribute in (
        "__Host-receipt=",
        "HttpOnly",
        "Secure",
        "SameSite=lax",
        "Max-Age=900",
        "Path=/",
    ):
        assert attribute in cookie
    html = await page(door.service, "/r")
    assert 'data-reason="authorised"' in html
    assert "林志明" in html
    assert "the blue gate" in html


async def test_without_a_photo_the_answer_says_to_call(service: Service) -> None:
    await service.add_staff("S-5", "林志明", has_photo=False)
    phone = await service.enrol("S-5")
    await service.fetch(phone, (await service.plan("S-5"))["id"])
    code = phone.code(service.now)
    answer = await service.verify(visit_code=code)
    assert (answer["verdict"], answer["visitor"]["photo_url"]) == ("genuine", None)
    advised = [one["code"] for one in answer["advice"]]
    assert (advised[0], "compare_photo" in advised) == ("call_hotline", False)
    assert (await service.call("GET", urlsplit(code).path)).status_code == 303
    html = await page(service, "/r")
    assert "Compare the photo" not in html
    number = f'<span class="number">{service.runtime.hotline}</span>'
    assert f"Call {number} before you open" in html
    assert 'class="button" href="tel:' in html


async def test_the_notice_code_and_place_may_be_added_later(door: Door) -> None:
    service = door.service
    await service.call("GET", urlsplit(door.code()).path)
    service.wait(minutes=5)  # typing takes longer than a code lives
    added = await service.call("POST", "/r", data={"notice_code": door.visit["notice"]["code"]})
    assert (added.status_code, added.headers["location"]) == (303, "/r")
    html = await page(service, "/r")
    assert 'data-reason="authorised_for_you"' in html
    assert door.visit["notice"]["phrase"] in html
    assert "Earlier on this phone" in html
    service.wait(seconds=1)
    await service.call("POST", "/r", data={name: str(value) for name, value in FAR.items()})
    assert 'data-reason="seen_elsewhere"' in await page(service, "/r")
    service.wait(minutes=16)
    assert "data-reason" not in await page(service, "/r")
    await service.call("POST", "/r", data={"notice_code": door.visit["notice"]["code"]})
    assert "data-reason" not in await page(service, "/r")


async def test_a_receipt_completes_its_code_for_a_quarter_of_an_hour_only(door: Door) -> None:
    service = door.service
    await service.call("GET", urlsplit(door.code()).path)
    home = {"latitude": "25.0330", "longitude": "121.5654"}
    service.wait(minutes=14)
    await service.call("POST", "/r", data=home)
    assert 'data-reason="authorised"' in await page(service, "/r")
    service.wait(minutes=14)
    await service.call("POST", "/r", data=home)  # completing proves nothing by itself
    service.wait(minutes=2)
    assert "data-reason" not in await page(service, "/r")


async def test_another_browser_sees_nothing(door: Door) -> None:
    await door.service.call("GET", urlsplit(door.code()).path)
    door.service.client.cookies.clear()
    assert "林志明" not in await page(door.service, "/r")
    nothing = await door.service.call("POST", "/r", data={"notice_code": "x"})
    assert nothing.headers["location"] == "/r"


@pytest.mark.parametrize("data", [{}, {"latitude": "91", "longitude": "0"}, {"latitude": "x"}])
async def test_an_addition_of_a_wrong_shape_is_a_page(door: Door, data: dict[str, str]) -> None:
    await door.service.call("GET", urlsplit(door.code()).path)
    refused = await door.service.call("POST", "/r", data=data, headers=HTML)
    assert refused.status_code == 422
    assert "Keep it closed" in refused.text


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "preview"}, {"X-Moz": "prefetch"}],
    ids=str,
)
async def test_link_previewers_leave_no_trace(door: Door, headers: dict[str, str]) -> None:
    path = urlsplit(door.code()).path
    looked = await door.service.call("GET", path, headers=headers)
    assert (looked.status_code, "set-cookie" in looked.headers) == (204, False)
    assert (await door.service.call("HEAD", path)).status_code == 204
    assert (await door.scan())["also_checked_at"] is None


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"kind": "badge", "badge_number": "B-S-1", "name": "林志明"}, "badge_on_record"),
        ({"kind": "notice", "notice_code": "CODE", "phone_last4": "5678"}, "notice_on_record"),
        ({"kind": "contact", "contact": "0800024365"}, "contact_on_record"),
        ({"kind": "visit_code", "visit_code": "https://evil.example/v/1"}, "unrecognised"),
    ],
)
async def test_a_form_leads_to_its_answer(door: Door, form: dict[str, str], reason: str) -> None:
    if form.get("notice_code"):
        form = {**form, "notice_code": door.visit["notice"]["code"]}
    sent = await door.service.call("POST", "/check", data=form)
    assert sent.status_code == 303
    assert f'data-reason="{reason}"' in await page(door.service, "/r")


async def test_an_incomplete_form_says_so_and_keeps_what_was_typed(service: Service) -> None:
    form = {"kind": "badge", "badge_number": "B-77", "name": " "}
    refused = await service.call("POST", "/check", data=form, headers=HTML)
    assert refused.status_code == 422
    assert 'value="B-77"' in refused.text
    assert 'aria-describedby="missing-badge"' in refused.text
    assert (await service.call("POST", "/check", data={"kind": "?"})).status_code == 422


@pytest.mark.parametrize(
    ("back", "goes"),
    [
        ("/agencies", "/agencies"),
        ("/console?q=a&sort=due", "/console?q=a&sort=due"),
        ("//evil", "/"),
        ("/\\evil", "/"),
        ("x", "/"),
    ],
)
async def test_a_reader_chooses_a_language(service: Service, back: str, goes: str) -> None:
    chosen = await service.call("POST", "/language", data={"language": "zh-Hans", "back": back})
    assert chosen.headers["location"] == goes
    assert '<html lang="zh-Hans">' in await page(service, "/")
    await service.call("POST", "/language", data={"language": "tlh"})
    assert '<html lang="zh-Hans">' in await page(service, "/")


async def test_a_change_of_language_goes_back_to_the_same_filters(service: Service) -> None:
    asked = "/agencies?a=%22%3E&b=1"
    assert f'name="back" value="{asked.replace("&", "&amp;")}"' in await page(service, asked)
    assert 'name="back" value="/agencies"' in await page(service, f"/agencies?a={5000 * 'x'}")
    sent = await service.call("POST", "/check?a=1", data={"kind": "?"}, headers=HTML)
    assert 'name="back" value="/check"' in sent.text  # what was posted cannot be asked for again


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
async def test_pages_are_guarded_and_say_whom_to_call(service: Service, language: str) -> None:
    for path in ("/", "/check", "/r", "/agencies", "/login", "/report", "/track", "/staff", "/no"):
        shown = await service.call("GET", path, headers={"Accept-Language": language})
        assert f'<html lang="{language}">' in shown.text, path
        assert service.runtime.hotline in shown.text, path
        assert 'href="tel:0800024365"' in shown.text, path
        assert "default-src 'none'" in shown.headers["content-security-policy"], path
        assert shown.headers["referrer-policy"] == "no-referrer", path
        assert not re.search(r"(src|href|action)=\"(https?:)?//", shown.text), path
        assert not re.search(r"<script(?![^>]*src=)| style=| on\w+=", shown.text), path


async def test_without_a_database_a_page_still_says_what_to_do(door: Door) -> None:
    await door.service.runtime.engine.dispose()
    async with door.service.runtime.engine.begin() as connection:
        await connection.execute(text("DROP TABLE verification"))
    failed = await door.service.call("GET", urlsplit(door.code()).path, headers=HTML)
    assert failed.status_code == 503
    assert failed.headers["retry-after"] == "1"
    assert "We cannot check right now" in failed.text
    assert door.service.runtime.hotline in failed.text


async def test_the_demo_is_there_in_demo_mode_only(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("production")
    async with (
        fresh_database("sqlite", folder) as url,
        running(url, folder / "data", mode=Mode.PRODUCTION, rate_limits="on") as service,
    ):
        assert (await service.call("GET", "/demo")).status_code == 404
        asked = await service.call("GET", "/login", headers=HTML)
        assert "identity provider" in asked.text
        refused = await service.call(
            "POST", "/login", data={"subject": "S-1001"}, headers={"Origin": ORIGIN}
        )
        assert refused.status_code == 404
        with pytest.raises(Exception, match="identity provider"):
            access_tokens.issue(service.runtime, None)  # type: ignore[arg-type] # never used
        assert (await service.call("GET", "/v1/visits")).status_code == 401


async def test_login_is_a_choice_of_known_person_from_our_own_page(service: Service) -> None:
    foreign = await service.call("POST", "/login", data={"subject": "S-1001"})
    assert foreign.status_code == 403
    stranger = await service.call(
        "POST", "/login", data={"subject": "S-9"}, headers={"Origin": ORIGIN}
    )
    assert stranger.status_code == 404
    left = await service.call("POST", "/logout", headers={"Origin": ORIGIN})
    assert (left.status_code, left.headers["location"]) == (303, "/login")


async def test_a_logout_ends_the_session_wherever_its_token_was_kept(service: Service) -> None:
    async def log_in() -> str:
        chosen = {"subject": ANALYST.subject}
        done = await service.call("POST", "/login", data=chosen, headers={"Origin": ORIGIN})
        assert done.status_code == 303
        kept: str = service.client.cookies["__Host-session"]
        service.client.cookies.clear()
        return kept

    async def reads(token: str, path: str, *, as_cookie: bool) -> int:
        cookie, bearer = f"__Host-session={token}", f"Bearer {token}"
        headers = {"Cookie": cookie} if as_cookie else {"Authorization": bearer}
        return (await service.call("GET", path, headers=headers)).status_code

    mine, other = await log_in(), await log_in()
    headers = {"Origin": ORIGIN, "Cookie": f"__Host-session={mine}"}
    left = await service.call("POST", "/logout", headers=headers)
    cleared = left.headers["set-cookie"]
    assert cleared.startswith('__Host-session=""')
    assert {"Max-Age=0", "Secure", "Path=/"} <= set(cleared.split("; "))
    signed, _, signature = mine.rpartition(".")
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    raw = jose_gate.decode(signature) or b""
    flipped = (order - int.from_bytes(raw[32:])).to_bytes(32)
    same = f"{signed}.{jose_gate.encode(raw[:32] + flipped)}"  # as good a signature
    for token in (mine, same):
        assert await reads(token, "/console", as_cookie=True) == 303
        assert await reads(token, "/v1/fraud/reports", as_cookie=True) == 401
        assert await reads(token, "/v1/fraud/reports", as_cookie=False) == 401
    assert await reads(other, "/console", as_cookie=True) == 200
    assert await reads(other, "/v1/fraud/reports", as_cookie=False) == 200


async def test_the_staff_app_is_installable(service: Service) -> None:
    manifest = await service.call("GET", "/manifest.webmanifest")
    assert manifest.json()["scope"] == "/staff"
    for icon in manifest.json()["icons"]:
        assert (await service.call("GET", icon["src"])).status_code == 200
    worker = await service.call("GET", "/sw.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert "MADE_OF" not in worker.text
    files = re.findall(r'"(/[\w/.-]+)"', worker.text)
    assert {"/staff", "/static/staff.css"} <= set(files)
    for path in files:
        assert (await service.call("GET", path)).status_code == 200, path


def test_whatever_a_page_is_made_of_makes_another_worker(tmp_path: Path) -> None:
    (tmp_path / "some.css").write_text("p{}")
    before = version_of(tmp_path)
    assert version_of(tmp_path) == before
    (tmp_path / "some.css").write_text("p{margin:0}")
    assert version_of(tmp_path) != before


async def test_the_demo_fills_itself_once_and_its_levers_work(service: Service) -> None:
    await demo.fill(service.runtime)
    await demo.fill(service.runtime)
    shown = await service.call("GET", "/demo", headers=HTML)
    assert shown.status_code == 200
    own, other = (re.search(rf'data-{name}="(\w+)"', shown.text) for name in ("notice", "other"))
    assert own is not None
    assert other is not None
    assert own.group(1) != other.group(1)
    for action, status in (("suspend", "suspended"), ("restore", "active")):
        done = await service.call("POST", f"/demo/{action}", headers={"Origin": ORIGIN})
        assert done.json() == {"status": status}
    service.wait(hours=3)
    assert await demo.notice_code(service.runtime) != own.group(1)


async def test_the_answer_weighs_at_most_15_kilobytes(door: Door) -> None:
    await door.service.call("GET", urlsplit(door.code()).path)
    await door.service.call("POST", "/r", data={"notice_code": door.visit["notice"]["code"]})
    parts = ["/r", "/static/style.css", "/static/place.js"]
    weights = {path: len((await door.service.call("GET", path)).content) for path in parts}
    assert sum(weights.values()) <= 15_000, weights
