"""Where a list goes on: the moment and id of the last entry seen, opaque to its reader."""

import json
import re
from datetime import UTC, datetime
from typing import Final

from domain.errors import InvalidError
from verifiers import jose_gate

_ID: Final = re.compile(r"[\w-]{1,64}", re.ASCII)


def write_cursor(at: datetime, entry_id: str) -> str:
    """Return the cursor after an entry."""
    return jose_gate.encode(json.dumps([at.isoformat(), entry_id]).encode())


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """Return moment and id; raises InvalidError for what is no cursor of ours."""
    try:
        at, entry_id = json.loads(jose_gate.decode(cursor) or b"")
        if _ID.fullmatch(entry_id):
            return datetime.fromisoformat(at).astimezone(UTC), entry_id
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        message = "no such cursor"
        raise InvalidError(message) from error
    message = "no such cursor"
    raise InvalidError(message)
