"""What a report may say: one definition for the JSON API and the page."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from domain.reports import AskedFor
from domain.states import Language

# PostgreSQL refuses NUL in a text, and nobody means one.
_STORABLE: Final = r"^[^\x00]*$"
_EARLIEST, _LATEST = 2000, 9000  # years within which a day can be added without overflow


def _is_written(moment: object) -> object:
    # pydantic also takes numbers for times; the contract knows RFC 3339 only.
    if not isinstance(moment, str) or moment[4:5] != "-":
        message = "must be an RFC 3339 time"
        raise ValueError(message)
    return moment


def _in_bounds(moment: datetime) -> datetime:
    if not _EARLIEST <= moment.year <= _LATEST:
        message = "the time is out of bounds"
        raise ValueError(message)
    return moment


def _text(longest: int) -> StringConstraints:
    return StringConstraints(
        min_length=1, max_length=longest, strip_whitespace=True, pattern=_STORABLE
    )


Word = Annotated[str, _text(64)]
Line = Annotated[str, _text(200)]
Filled = Annotated[str, _text(4096)]
Moment = Annotated[AwareDatetime, BeforeValidator(_is_written), AfterValidator(_in_bounds)]


class _Draft(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReportedPlace(_Draft):
    """Where it happened; degrees are WGS 84."""

    text: Line
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, strict=True)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, strict=True)] | None = (
        None
    )

    @property
    def in_words(self) -> str:
        """Return what was written, and the position if there is one."""
        if self.latitude is None or self.longitude is None:
            return self.text
        return f"{self.text} ({self.latitude}, {self.longitude})"


class Claimed(_Draft):
    """Who the visitor said to be, and what was seen of him."""

    name: Line | None = None
    badge_number: Word | None = None
    agency: Line | None = None
    phone: Word | None = None
    plate: Word | None = None
    organisation: Line | None = None


class Contact(_Draft):
    """How the reporter may be reached; sealed, and opened only with a reason on record."""

    name: Line | None = None
    phone: Word | None = None
    email: Line | None = None


class ReportDraft(_Draft):
    """A report as it comes in; only when and what are needed."""

    occurred_at: Moment
    description: Filled
    place: ReportedPlace | None = None
    claimed: Claimed = Claimed()
    asked_for: Annotated[tuple[AskedFor, ...], Field(max_length=len(AskedFor))] = ()
    payee: Line | None = None
    url: Annotated[str, _text(2048)] | None = None
    verification_id: Annotated[str, StringConstraints(pattern=r"^[\w-]{1,32}$")] | None = None
    contact: Contact | None = None
    language: Language | None = None


class AdditionDraft(_Draft):
    """What a reporter adds to a report; without a text, images have to come along."""

    text: Filled | None = None
