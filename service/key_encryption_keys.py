"""The key-encryption key: the one secret that is not in the database.

Everything else the service keeps secret is sealed under it. An HSM or a cloud's key service can
follow by giving another `Seal` here; nothing else reads the key.
"""

import base64
import binascii
import os
import stat
from pathlib import Path
from typing import Final

from domain.randomness import Randomness
from service.sealing import KEY_BYTES, Seal

_FILE: Final = "key-encryption-key"


class UnsafeKeyError(Exception):
    """The key-encryption key is missing, malformed or readable by others; the start must fail."""


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


def from_data_folder(folder: Path, randomness: Randomness) -> Seal:
    """Read the key file of the data folder, or make it (mode 0600) at the first start."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / _FILE
    if not path.exists():
        _write_once(path, base64.b64encode(randomness(KEY_BYTES)))
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        message = f"{path} has mode {mode:04o}; others can read it (chmod 600)"
        raise UnsafeKeyError(message)
    return from_text(path.read_text(), randomness)


def _write_once(path: Path, content: bytes) -> None:
    # Written whole beside it, then linked: two first starts agree on one key, and a crash
    # leaves no half of one.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
