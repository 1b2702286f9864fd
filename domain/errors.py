"""Errors that a use case raises on purpose; each has a stable code and knows no HTTP status."""

from typing import ClassVar


class MenshenError(Exception):
    """The root: whatever a caller may be told; its text names what to do, never a secret."""

    code: ClassVar[str]


class NotFoundError(MenshenError):
    """What was named does not exist, or not for this caller."""

    code = "not_found"


class ConflictError(MenshenError):
    """The state of things forbids it now."""

    code = "conflict"
