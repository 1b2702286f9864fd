"""The vocabulary of cases: what is done with one."""

from enum import StrEnum
from typing import Final

CLOSED: Final = "closed"
"""What a case is once nobody is in it any more; its history says so by how the last one left."""


class CaseEventKind(StrEnum):
    """What happened to a case, by the linker or by hand."""

    OPENED = "opened"
    JOINED = "joined"
    LEFT = "left"
    MERGED = "merged"
    SPLIT = "split"
    PINNED = "pinned"
    UNPINNED = "unpinned"
