"""Who asks: an address becomes a keyed hash, a receipt too; neither is kept as it came."""

import re
from typing import Final

from service.answers import Asker
from service.runtime import Runtime
from verifiers import jose_gate
from verifiers.risk import Place

_RECEIPT: Final = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 bits


def make_asker(
    runtime: Runtime,
    address: str | None,
    *,
    receipt: str | None = None,
    place: Place | None = None,
    notice_code: str | None = None,
) -> Asker:
    """Return who asks from a client address, with a browser's receipt and what it added."""
    return Asker(
        address=address or "",
        client_hash=None if address is None else runtime.seal.find(address, "client"),
        receipt_hash=None if receipt is None else find_receipt(runtime, receipt),
        place=place,
        notice_code=notice_code,
    )


def new_receipt(runtime: Runtime) -> str:
    """Return a receipt for a browser: 22 characters, 128 bits."""
    return jose_gate.encode(runtime.randomness(16))


def is_receipt(text: str) -> bool:
    """Tell whether a cookie's text can be a receipt."""
    return _RECEIPT.fullmatch(text) is not None


def find_receipt(runtime: Runtime, receipt: str) -> bytes:
    """Return the keyed hash under which a receipt's answers lie."""
    return runtime.seal.find(receipt, "receipt")
