"""Check a visitor by a photo of the code on his screen."""

import os
from datetime import datetime
from typing import BinaryIO

from domain.errors import InvalidError, TooLargeError
from service.answers import Answer, Asker
from service.photo_files import LARGEST_BYTES
from service.runtime import Runtime
from service.verifications import check_visit_code


class NoQrError(InvalidError):
    """There is no QR code in the picture, or none that can be read."""

    code = "no_qr"


class SeveralQrError(InvalidError):
    """There are several codes in the picture, and nobody says which is meant."""

    code = "several_qr"


async def check_code_photo(
    runtime: Runtime, file: BinaryIO, asker: Asker, arrived_at: datetime
) -> Answer:
    """Check the one code in a picture, as old as it was when the request's headers arrived.

    What holds no single code is no verification: it is refused, and counts as a failed code.
    Raises TooLargeError, UnreadableImageError, NoQrError, SeveralQrError and OverloadedError
    beside what `check_visit_code` raises.
    """
    if file.seek(0, os.SEEK_END) > LARGEST_BYTES:
        message = "the picture has more than 10 MB"
        raise TooLargeError(message)
    try:
        text = _only(await runtime.decoder.read_codes(file))
    except InvalidError:
        if runtime.limits is not None:
            await runtime.limits.count_failed_code(asker.address)
        raise
    return await check_visit_code(runtime, text, asker, arrived_at)


def _only(texts: list[str]) -> str:
    match texts:
        case [text]:
            return text
        case []:
            message = (
                "no QR code can be read in the picture; take it again, nearer and sharper,"
                " with the whole square in it and no glare"
            )
            raise NoQrError(message)
        case _:
            message = "the picture holds several QR codes; take it again with only the visitor's"
            raise SeveralQrError(message)
