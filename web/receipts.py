"""The receipt cookie: which answers are this browser's own."""

from typing import Final

from fastapi import Request, Response

from service.answers import Asker
from service.askers import make_asker
from service.receipts import LIFETIME, is_receipt, new_receipt
from service.runtime import Runtime
from verifiers.risk import Place
from web import cookies

_COOKIE: Final = "receipt"


def receipt_of(request: Request, runtime: Runtime) -> str | None:
    """Return this browser's receipt, if it sent one of the right form."""
    found = request.cookies.get(cookies.full_name(runtime, _COOKIE), "")
    return found if is_receipt(found) else None


def keep(response: Response, runtime: Runtime, receipt: str) -> None:
    """Give the browser its receipt, for 15 minutes from now."""
    cookies.give(response, runtime, _COOKIE, receipt, LIFETIME)


def asker_with(
    request: Request,
    runtime: Runtime,
    receipt: str | None = None,
    place: Place | None = None,
    notice_code: str | None = None,
) -> tuple[Asker, str]:
    """Return who asks and the receipt that its answers are kept under."""
    own = receipt or receipt_of(request, runtime) or new_receipt(runtime)
    address = None if request.client is None else request.client.host
    return make_asker(runtime, address, receipt=own, place=place, notice_code=notice_code), own
