"""Signatures of the Standard Webhooks specification, v1: HMAC-SHA256 under a shared secret."""

import base64
import hmac
from typing import Final

from domain.randomness import Randomness

_PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32  # the specification asks for 24 to 64


def make_secret(randomness: Randomness) -> str:
    """Return a new secret as the receiver configures it."""
    return _PREFIX + base64.b64encode(randomness(_SECRET_BYTES)).decode()


def sign(secret: str, message_id: str, sent_at: int, body: str) -> dict[str, str]:
    """Return the headers that prove a message; `sent_at` is in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    digest = hmac.digest(key, f"{message_id}.{sent_at}.{body}".encode(), "sha256")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(sent_at),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
