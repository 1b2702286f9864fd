"""Signatures as the specification's own library makes and checks them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from domain.clock import system_clock
from domain.randomness import system_randomness
from service.webhook_signatures import make_secret, sign

BODY = json.dumps({"type": "report.received", "data": {"id": "王"}}, ensure_ascii=False)


def test_the_specifications_library_accepts_ours() -> None:
    secret, now = make_secret(system_randomness), int(system_clock().timestamp())
    headers = sign(secret, "msg_1", now, BODY)
    assert Webhook(secret).verify(BODY, headers) == json.loads(BODY)
    assert secret.startswith("whsec_")


def test_both_make_the_same_signature() -> None:
    secret, at = make_secret(system_randomness), datetime(2026, 11, 24, tzinfo=UTC)
    ours = sign(secret, "msg_1", int(at.timestamp()), BODY)["webhook-signature"]
    assert ours == Webhook(secret).sign("msg_1", at, BODY)


@pytest.mark.parametrize("part", ["body", "id", "time", "secret", "late"])
def test_a_change_is_noticed(part: str) -> None:
    secret, now = make_secret(system_randomness), system_clock()
    sent = now - timedelta(minutes=6) if part == "late" else now
    headers = sign(secret, "msg_1", int(sent.timestamp()), BODY)
    match part:
        case "id":
            headers["webhook-id"] = "msg_2"
        case "time":
            headers["webhook-timestamp"] = str(int(now.timestamp()) + 1)
        case "secret":
            secret = make_secret(system_randomness)
        case _:
            pass
    body = BODY + " " if part == "body" else BODY
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)
