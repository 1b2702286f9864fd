"""Secrets in files: written whole, once, for their owner only."""

import os
import stat
from pathlib import Path


class UnsafeFileError(Exception):
    """A file of secrets can be read by others; the start must fail."""


def read_private(path: Path) -> bytes:
    """Return a secret file's content; raises UnsafeFileError unless its mode is 0600 or less."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        message = f"{path} has mode {mode:04o}; others can read it (chmod 600)"
        raise UnsafeFileError(message)
    return path.read_bytes()


def write_once(path: Path, content: bytes) -> None:
    """Write a file durably with mode 0600 unless there is one already."""
    # Written whole beside it, then linked: two first starts agree on one content, and a crash
    # leaves no half of one.
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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
