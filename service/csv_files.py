"""Reports as CSV (RFC 4180) that a spreadsheet opens and does not calculate.

A cell that a spreadsheet might take for a formula begins with an apostrophe instead (OWASP, CSV
injection); one that began with an apostrophe gets a second one, so that taking one away gives back
what was there. Every cell is quoted, every record is one line, and the last one says `end` and
how many reports came before: a file without it was cut off.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from service.exported_reports import COLUMNS, ExportedReport, Issue

MEDIA_TYPE: Final = "text/csv; charset=utf-8"
SUFFIX: Final = "csv"
HEADER: Final = ("record", *COLUMNS)
_BYTE_ORDER_MARK: Final = "\ufeff"  # by which a spreadsheet knows UTF-8, so Chinese stays readable
# Full-width ones count, too: a spreadsheet of these countries reads them as the narrow ones.
_FORMULA: Final = frozenset("'=+-@|%\uff1d\uff0b\uff0d\uff20\uff07")
_REORDERING: Final = frozenset(
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# Letters and a symbol that are drawn as nothing: the Hangul fillers and the empty Braille cell.
_BLANKS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_BREAKS: Final = frozenset({"Cc", "Zl", "Zp"})


def write_head(_issue: Issue) -> str:
    """Return what stands before the first report."""
    return _BYTE_ORDER_MARK + _write([HEADER])


def write_page(_issue: Issue, reports: Sequence[ExportedReport], *, is_first: bool) -> str:
    """Return some reports; `is_first` makes no difference here."""
    del is_first
    return _write(("report", *map(_cell, _values(one))) for one in reports)


def write_tail(_issue: Issue, reports: int) -> str:
    """Return what stands after the last report."""
    return _write([("end", str(reports), *("" for _ in COLUMNS[1:]))])


def make_inert(text: str) -> str:
    """Return a text as a cell that nothing calculates and that stays on its line."""
    line = "".join(
        " " if one in _REORDERING or unicodedata.category(one) in _BREAKS else one for one in text
    )
    # What is not seen does not make a formula's first character any later.
    seen = (one for one in line if unicodedata.category(one)[0] in "LNPS" and one not in _BLANKS)
    return f"'{line}" if next(seen, "") in _FORMULA else line


def _values(report: ExportedReport) -> Iterable[object]:
    return (getattr(report, name) for name in COLUMNS)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool() | int() | float():  # our own numbers; a text is never one
            return str(value)
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case tuple():
            return " ".join(map(str, value))
        case _:
            return make_inert(str(value))


def _write(rows: Iterable[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return written.getvalue()
