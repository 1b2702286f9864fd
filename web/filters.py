"""What a page is filtered by, as it stands in its address; what is wrong there is said in the form.

Nobody is to take a whole list for a filtered one: while anything is wrong, nothing is listed. That
holds for a cursor that is none, too: the page says so and leads to the list's first page.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Request
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from domain.errors import InvalidError
from service.circles import read_circle
from verifiers import cells
from web.fields import Word

Asked = TypeVar("Asked", bound=BaseModel)
Found = TypeVar("Found")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FIRST, _LAST = date(2000, 1, 1), date(9000, 1, 1)  # a day beside them is a date, too
_NO_DAY: Final = PydanticCustomError("day", "no day")
_ORDER: Final = PydanticCustomError("order", "before the first day")
_NO_CIRCLE: Final = PydanticCustomError("near", "no circle")
_NO_DIGIT: Final = PydanticCustomError("phone", "no digit")
_NO_CELL: Final = PydanticCustomError("cell", "no cell")
_OWN: Final = {one.type for one in (_NO_DAY, _ORDER, _NO_CIRCLE, _NO_DIGIT, _NO_CELL)}
CURSOR: Final[Mapping[str, str]] = {"cursor": "cursor"}


def _read_day(typed: object) -> date:
    """Return a day; pydantic alone takes any number for one."""
    try:
        day = date.fromisoformat(str(typed)) if _DAY.fullmatch(str(typed)) else None
    except ValueError:
        day = None
    if day is None or not _FIRST <= day <= _LAST:
        raise _NO_DAY
    return day


def _assert_circle(typed: str) -> str:
    try:
        read_circle(typed)
    except InvalidError as error:
        raise _NO_CIRCLE from error
    return typed


def _assert_digits(typed: str) -> str:
    if not any(map(str.isdigit, typed)):
        raise _NO_DIGIT
    return typed


def _assert_cell(typed: str) -> str:
    if not cells.is_of_map(typed):
        raise _NO_CELL
    return typed


Day = Annotated[date, BeforeValidator(_read_day)]
Near = Annotated[Word, AfterValidator(_assert_circle)]
Phone = Annotated[Word, AfterValidator(_assert_digits)]
Cell = Annotated[Word, AfterValidator(_assert_cell)]


class Paged(BaseModel):
    """A list that is only turned over."""

    model_config = ConfigDict(frozen=True)

    cursor: Word | None = None


class Days(BaseModel):
    """Which days are asked for, both inclusive."""

    model_config = ConfigDict(frozen=True)

    first_day: Annotated[Day | None, Field(alias="from")] = None
    last_day: Annotated[Day | None, Field(alias="to")] = None

    @field_validator("last_day")
    @classmethod
    def _follows(cls, last: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("first_day")
        if first is not None and last is not None and last < first:
            raise _ORDER
        return last


@dataclass(frozen=True, slots=True)
class Filtered(Generic[Found]):
    """What was found, or else field -> what is wrong with it; `given` is what was typed."""

    found: Found | None
    given: Mapping[str, str]
    wrong: Mapping[str, str]

    @property
    def status(self) -> int:
        """The HTTP status of the page."""
        return 422 if self.wrong else 200


async def find_by(
    request: Request,
    fields: type[Asked],
    find: Callable[[Asked], Awaitable[Found]],
    blamed: Mapping[str, str] = CURSOR,
) -> Filtered[Found]:
    """Return what is found by the address's fields; `blamed` is what only `find` can judge."""
    names = [field.alias or name for name, field in fields.model_fields.items()]
    typed = {name: request.query_params.get(name, "").strip() for name in names}
    typed = {name: text for name, text in typed.items() if text}
    given = {name: text for name, text in typed.items() if name != "cursor"}
    try:
        return Filtered(await find(fields.model_validate(typed)), given, {})
    except ValidationError as error:
        wrong = {str(one["loc"][0]): _name(one["type"]) for one in error.errors()}
        return Filtered(None, given, wrong)
    except InvalidError:
        return Filtered(None, given, blamed)


def links(
    path: str, request: Request, asked: Filtered[Found], next_cursor: str | None
) -> dict[str, str]:
    """Return the addresses of a list's `first` page, unless it is this one, and `following`."""
    found = {"first": "", "following": ""}
    if request.query_params.get("cursor", "").strip() and asked.wrong.keys() <= CURSOR.keys():
        found["first"] = f"{path}?{urlencode(asked.given)}".rstrip("?")
    if next_cursor is not None:
        found["following"] = f"{path}?{urlencode({**asked.given, 'cursor': next_cursor})}"
    return found


def _name(fault: str) -> str:
    """Return the name under which `filter_parts.html` has words for a fault."""
    if fault in _OWN:
        return fault
    return "text" if fault.startswith("string_") else "choice"
