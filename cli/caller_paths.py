"""Files named in a command are the caller's, wherever the program itself works.

`./run` works in its own folder, so that the data folder is the same from everywhere, and says by
`CALLED_FROM` where it was called.
"""

import os
from pathlib import Path
from typing import Final

_ON_DISK: Final = "sqlite+aiosqlite:///"


def from_caller(text: str) -> Path:
    """Return the file that a caller means."""
    return Path(os.environ.get("CALLED_FROM", "")) / text


def url_from_caller(url: str) -> str:
    """Return a database's URL, its file the one that a caller means."""
    name = url.removeprefix(_ON_DISK)
    return url if name in {url, "", ":memory:"} else f"{_ON_DISK}{from_caller(name)}"
