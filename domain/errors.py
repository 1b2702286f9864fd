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


class AskedOtherwiseError(ConflictError):
    """Somebody else's request waits; it is to be approved or declined before another is made."""


class AlreadyExistsError(ConflictError):
    """There is one of this name already."""

    code = "already_exists"


class DeviceExistsError(ConflictError):
    """Exactly this key is enrolled already."""

    code = "device_exists"


class InvalidError(MenshenError):
    """Well formed, but not something that can be done; changes nothing."""

    code = "invalid"


class SlotTooLongError(InvalidError):
    """A slot is at most 3 hours (token format, A)."""

    code = "slot_too_long"


class UnknownColleagueError(InvalidError):
    """Nobody of this name has been here lately, so that what he is given would sit unseen."""

    def __init__(self, subject: str) -> None:
        """Keep the name for the page."""
        super().__init__("assignee is no analyst who has been here lately")
        self.subject = subject


class TooLargeError(MenshenError):
    """One part of what was sent is larger than its limit."""

    code = "too_large"


class UnauthenticatedError(MenshenError):
    """Nobody that we know calls."""

    code = "unauthenticated"


class ForbiddenError(MenshenError):
    """Somebody that we know calls, but may not."""

    code = "forbidden"


class RuleBrokenError(ForbiddenError):
    """A rule of the policy pack forbids it; rule and source are what the caller needs."""

    def __init__(self, rule: str, source: str) -> None:
        """Keep the rule's id and its citation beside the text."""
        super().__init__(f"rule {rule} forbids it: {source}")
        self.rule, self.source = rule, source


class CrossSiteError(ForbiddenError):
    """A page of another origin used the browser's session."""

    code = "cross_site"


class OverloadedError(MenshenError):
    """Too much is waiting already; nothing was looked at, and a second later it may be."""

    code = "overloaded"

    def __init__(self) -> None:
        """Say what to do; a crowd gets this, so it is always the same."""
        super().__init__("too many checks at once; try again in a second, or call the hotline")


class UnavailableError(MenshenError):
    """A guess that cannot be counted is not answered; nothing was looked at."""

    code = "unavailable"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("this cannot be looked up now; try again in a second, or call the hotline")


class InfectedError(InvalidError):
    """The antivirus knows what was sent; nothing of it was kept."""

    code = "infected"


class NotScannedError(UnavailableError):
    """The antivirus did not answer, and what it has not looked at is not kept."""

    code = "not_scanned"

    def __init__(self) -> None:
        """Say what to do."""
        MenshenError.__init__(
            self, "photos cannot be taken in now; send the report without, or try again"
        )


class RateLimitedError(MenshenError):
    """Too many guesses; `retry_after` is in whole seconds."""

    code = "rate_limited"

    def __init__(self, retry_after: int) -> None:
        """Keep when to try again."""
        super().__init__("too many attempts; call the hotline if somebody is at your door")
        self.retry_after = retry_after
