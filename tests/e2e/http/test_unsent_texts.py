"""What an analyst typed beside the form he sent, or sent once his login had run out, is kept."""

import re

import pytest

from domain.callers import Role
from tests.e2e.http.test_console import OWN, session
from tests.e2e.http.test_intake import detail_of, sent
from tests.reports import image, queue
from tests.services import Service

NOTE = "Half a <note>"
KEPT = {"kept_note": f"{NOTE}\r\nof two lines", "kept_message_to_reporter": "Dear reporter"}
SHOWN = ("Half a &lt;note&gt;\nof two lines</textarea>", ">Dear reporter</textarea>")


@pytest.mark.parametrize(
    ("where", "form", "status"),
    [
        ("", {"assignee": "me"}, 200),
        ("", {"severity": "low"}, 200),
        ("", {}, 422),
        ("", {"words": "triaged"}, 200),
        ("/hold", {"held": "true", "reason": "a court asked"}, 200),
        ("/hold", {"held": "true", "reason": " "}, 422),
        ("/contact", {"reason": "call back"}, 200),
        ("/contact", {"reason": ""}, 422),
        ("/separate", {}, 409),
        ("/close-approvals", {"status": "confirmed"}, 409),
    ],
)
async def test_another_form_keeps_what_was_typed_in_the_first(
    service: Service, where: str, form: dict[str, str], status: int
) -> None:
    await sent(service, image())
    (report,) = await queue(service)
    path = f"/console/reports/{report['id']}{where}"
    headers = session(service, Role.FRAUD)
    shown = await service.call("POST", path, data={**form, **KEPT}, headers=headers)
    assert shown.status_code == status
    assert SHOWN[0] in shown.text
    assert "Dear reporter</textarea>" in shown.text
    back = f'name="back" value="/console/reports/{report["id"]}"'
    assert back in shown.text  # a change of language finds a page there
    assert "Half a" not in str((await detail_of(service, report["id"]))["history"])


async def test_the_words_begin_a_message_and_replace_none(service: Service) -> None:
    await sent(service, language="en")
    (report,) = await queue(service)
    path = f"/console/reports/{report['id']}"
    headers = session(service, Role.FRAUD)
    form = {"words": "triaged", "message_to_reporter": "My own words."}
    html = (await service.call("POST", path, data=form, headers=headers)).text
    (message,) = re.findall(r'name="message_to_reporter"[^>]*>([^<]*)</textarea>', html)
    assert message.endswith("\n\nMy own words.")
    again = {"words": "confirmed", "message_to_reporter": message.removesuffix("\n\nMy own words.")}
    html = (await service.call("POST", path, data=again, headers=headers)).text
    assert again["message_to_reporter"] not in html  # words of ours make room for others
    assert len((await detail_of(service, report["id"]))["history"]) == 1


async def test_who_is_logged_out_gets_his_text_back_to_send_again(service: Service) -> None:
    await sent(service)
    (report,) = await queue(service)
    path = f"/console/reports/{report['id']}"
    form = {
        "note": f"{NOTE}\r\nof two lines",
        "severity": "low",
        "kept_message_to_reporter": "Dear",
    }
    headers = session(service, Role.FRAUD)
    service.wait(hours=13)
    refused = await service.call("POST", path, data=form, headers=headers)
    assert (refused.status_code, refused.headers["cache-control"]) == (401, "no-store")
    assert f'<form class="act" method="post" action="{path}">' in refused.text
    assert SHOWN[0] in refused.text
    assert '<input type="hidden" name="severity" value="low">' in refused.text
    assert ">Dear</textarea>" in refused.text
    assert 'href="/login" target="_blank"' in refused.text
    saved = await service.call("POST", path, data=form, headers=session(service, Role.FRAUD))
    assert "Half a &lt;note&gt;" in saved.text


async def test_another_site_s_words_are_not_shown_to_be_sent(service: Service) -> None:
    for origin in ({"Origin": "https://evil.example"}, {}):
        headers = {"Accept-Language": "en", **origin}
        form = {"message_to_reporter": "Pay here"}
        answer = await service.call("POST", "/console/reports/rp_1", data=form, headers=headers)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login?")
        assert "Pay here" not in answer.text
    upload = await service.call("POST", "/console/desk/report", files={"a": b"x"}, headers=OWN)
    assert upload.status_code == 303
