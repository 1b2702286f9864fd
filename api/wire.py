"""What every wire model shares: unknown members and over-long texts are refused."""

import re
from datetime import date, datetime
from typing import Annotated, Final

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
)

from domain.errors import InvalidError

# PostgreSQL refuses NUL in a text, and no name or code of ours holds one.
_STORABLE: Final = r"^[^\x00]*$"


def _written(moment: object) -> object:
    # pydantic also takes numbers for times; the contract knows RFC 3339 only.
    if not isinstance(moment, str) or not re.match(r"\d{4}-\d{2}-\d{2}[Tt ]", moment):
        message = "must be an RFC 3339 time"
        raise ValueError(message)
    return moment


def _written_day(day: object) -> object:
    if not isinstance(day, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day):
        message = "must be a date, YYYY-MM-DD"
        raise ValueError(message)
    return day


Text = Annotated[str, StringConstraints(max_length=4096, pattern=_STORABLE)]
Word = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, strip_whitespace=True, pattern=_STORABLE),
]
Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=_STORABLE),
]
Moment = Annotated[AwareDatetime, BeforeValidator(_written)]
Day = Annotated[date, BeforeValidator(_written_day)]


class Wire(BaseModel):
    """The base of requests: unknown members are 422."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shown(BaseModel):
    """The base of responses, built from what use cases return."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


def in_bounds(moment: datetime) -> datetime:
    """Refuse moments so far off that adding a day overflows."""
    if not 2000 <= moment.year <= 9000:  # noqa: PLR2004 - any century that we will serve
        message = "the time is out of bounds"
        raise InvalidError(message)
    return moment
