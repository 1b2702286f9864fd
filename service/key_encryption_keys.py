"""The key-encryption key: the one secret that is not in the database.

Everything else the service keeps secret is sealed under it. An HSM or a cloud's key service can
follow by giving another `Seal` here; nothing else reads the key.
"""

import base64
import binascii
from pathlib import Path
from typing import Final

from domain.randomness import Randomness
from service.sealing import KEY_BYTES, Seal
from service.secret_files import UnsafeFileError, read_private, write_once

_FILE: Final = "key-encryption-key"


class UnsafeKeyError(UnsafeFileError):
    """The key-encryption key is malformed; the start must fail."""


def from_text(text: str, randomness: Randomness) -> Seal:
    """Build from base64 of 32 bytes, as an environment variable or a secret file carries it."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        message = f"the key-encryption key must be base64 of {KEY_BYTES} bytes"
        raise UnsafeKeyError(message)  # never with the text: it may be most of a key
    return Seal.under(key, randomness)


def from_data_folder(folder: Path, randomness: Randomness, *, may_make: bool = True) -> Seal:
    """Read the key file of the data folder, or make it (mode 0600) at the first start.

    Raises UnsafeKeyError without a file that it may not make: a new key opens no old database.
    """
    path = folder / _FILE
    if not path.exists():
        if not may_make:
            message = (
                f"{path} is missing, and only the key that this database was made with opens it"
            )
            raise UnsafeKeyError(message)
        write_once(path, base64.b64encode(randomness(KEY_BYTES)))
    return from_text(read_private(path).decode("ascii", "replace"), randomness)
