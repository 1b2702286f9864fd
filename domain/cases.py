"""The vocabulary of cases: what is done with one."""

from enum import StrEnum


class CaseEventKind(StrEnum):
    """What happened to a case, by the linker or by hand."""

    OPENED = "opened"
    JOINED = "joined"
    LEFT = "left"
    MERGED = "merged"
    SPLIT = "split"
    PINNED = "pinned"
    UNPINNED = "unpinned"
