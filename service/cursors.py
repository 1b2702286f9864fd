"""Where a list goes on: the moment and id of the last entry seen, opaque to its reader."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from domain.errors import InvalidError
from verifiers import jose_gate

_ID: Final = re.compile(r"[\w-]{1,64}", re.ASCII)


def write_cursor(at: datetime, entry_id: str, *since: datetime | None) -> str:
    """Return the cursor after an entry; `since`, if given, goes with the list from page to page."""
    moments = [None if one is None else one.isoformat() for one in since]
    return jose_gate.encode(json.dumps([at.isoformat(), entry_id, *moments]).encode())


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """Return moment and id; raises InvalidError for what is no cursor of ours."""
    with _refused():
        at, entry_id, *_ = json.loads(jose_gate.decode(cursor) or b"")
        if _ID.fullmatch(entry_id):
            return datetime.fromisoformat(at).astimezone(UTC), entry_id
    message = "no such cursor"
    raise InvalidError(message)


def read_since(cursor: str) -> datetime | None:
    """Return the moment that goes with a list; raises InvalidError for a cursor without one."""
    with _refused():
        _, _, since = json.loads(jose_gate.decode(cursor) or b"")
        return None if since is None else datetime.fromisoformat(since).astimezone(UTC)


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        message = "no such cursor"
        raise InvalidError(message) from error
