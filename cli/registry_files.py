"""A registry file (CSV, RFC 4180) becomes drafts, by the same wire models as the HTTP calls."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TextIO, TypeVar

from pydantic import ValidationError

from api.staff import BadgeRequest, StaffRequest
from api.wire import Wire
from service.registry import BadgeDraft, Fault, RegistryRow
from service.staff import StaffDraft

HEADER: Final = (
    "staff_number",
    "name",
    "name_latin",
    "employer",
    "agency_id",
    "phone",
    "status",
    "badge_number",
    "badge_expires_on",
)
MOST_FAULTS: Final = 100
_BADGE: Final = {"badge_number": "number", "badge_expires_on": "expires_on"}
_LONGEST_LINE: Final = 65_536  # no row of valid cells comes near; bounds memory

Asked = TypeVar("Asked", bound=Wire)


class UnreadableError(Exception):
    """The rest of the file cannot be read; `fault` says where and why."""

    def __init__(self, line: int, message: str) -> None:
        """Keep the place beside the text."""
        super().__init__(message)
        self.fault = Fault(line, message)


def read_rows(path: Path, advance: Callable[[int], None]) -> tuple[list[RegistryRow], list[Fault]]:
    """Return the well-formed rows and what is wrong with the others, at most 100 of these.

    `advance` hears how many more bytes were read.
    """
    rows: list[RegistryRow] = []
    faults: list[Fault] = []
    try:
        with path.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
            for line, cells in _records(file, advance):
                parsed = _parse(line, cells)
                if isinstance(parsed, RegistryRow):
                    rows.append(parsed)
                else:
                    faults += parsed
                if len(faults) >= MOST_FAULTS:
                    break
    except UnreadableError as error:
        faults.append(error.fault)
    except OSError as error:
        faults.append(Fault(0, f"cannot be read: {error.strerror}"))
    return rows, faults


def _records(file: TextIO, advance: Callable[[int], None]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_lines(file, advance), strict=True)
    starts = 1
    header: list[str] | None = None
    try:
        for cells in reader:
            if header is None:
                header = cells
                if tuple(header) != HEADER:
                    raise UnreadableError(1, f"the header must be exactly {','.join(HEADER)}")
            elif cells:  # a blank line says nothing
                yield starts, cells
            starts = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableError(starts, f"this row is not CSV: {error}") from error
    if header is None:
        raise UnreadableError(1, f"the file is empty; the header must be {','.join(HEADER)}")


def _lines(file: TextIO, advance: Callable[[int], None]) -> Iterator[str]:
    number = 0
    while line := file.readline(_LONGEST_LINE):
        number += 1
        if len(line) == _LONGEST_LINE:
            raise UnreadableError(number, f"the line is longer than {_LONGEST_LINE} characters")
        try:
            size = len(line.encode())  # what was no UTF-8 came through as lone surrogates
        except UnicodeEncodeError as error:
            raise UnreadableError(number, "the line is not UTF-8") from error
        advance(size)
        yield line


def _parse(line: int, cells: list[str]) -> RegistryRow | list[Fault]:
    if len(cells) != len(HEADER):
        return [Fault(line, f"{len(HEADER)} cells are needed, this row has {len(cells)}")]
    # An empty cell is a member that an HTTP call leaves out.
    given = {name: cell for name, cell in zip(HEADER, cells, strict=True) if cell.strip()}
    faults: list[Fault] = []
    badge_cells = {name: given.pop(column) for column, name in _BADGE.items() if column in given}
    member = _check(StaffRequest, given, line, faults)
    badge = None
    if badge_cells:
        # Whose it is stands in the same row and was checked above.
        badge = _check(BadgeRequest, {**badge_cells, "staff_number": "checked"}, line, faults)
    if member is None or (badge_cells and badge is None):
        return faults
    return RegistryRow(
        line,
        StaffDraft(**member.model_dump()),
        None if badge is None else BadgeDraft(badge.number, badge.expires_on),
    )


def _check(
    model: type[Asked], given: dict[str, str], line: int, faults: list[Fault]
) -> Asked | None:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        columns = {name: column for column, name in _BADGE.items()}
        for found in error.errors(include_input=False, include_url=False):
            name = str(found["loc"][0])
            faults.append(Fault(line, f"{columns.get(name, name)}: {found['msg']}"))
        return None
