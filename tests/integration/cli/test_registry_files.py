"""What a registry file may hold is what the HTTP calls take; all else is one clear line."""

from pathlib import Path

import pytest

from cli.registry_files import HEADER, read_rows
from service.registry import Fault

HEAD = ",".join(HEADER)
GOOD = "S-1,林志明,Lin Zhiming,Bank,,0912345678,active,B-1,2027-12-31"


def read(tmp_path: Path, content: str | bytes) -> tuple[list[int], list[Fault]]:
    file = tmp_path / "staff.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    rows, faults = read_rows(file, lambda _: None)
    return [row.line for row in rows], faults


@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["plain", "bom"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_a_row_is_read_whole(tmp_path: Path, start: str, end: str) -> None:
    file = tmp_path / "staff.csv"
    file.write_bytes(f"{start}{HEAD}{end}{GOOD}{end}{end}".encode())
    (row,), faults = read_rows(file, lambda _: None)
    assert faults == []
    assert (row.line, row.member.name, row.member.agency_id) == (2, "林志明", None)
    assert (row.member.phone, row.badge and str(row.badge.expires_on)) == (
        "0912345678",
        "2027-12-31",
    )


def test_lines_are_physical_and_where_a_row_starts(tmp_path: Path) -> None:
    quoted = 'S-1,"林\n志\n明",,Bank,,,active,,'
    lines, faults = read(tmp_path, f"{HEAD}\n{quoted}\nS-2,x,,Bank,,,gone,,\nS-3,x,,B,,,left,,")
    assert lines == [2, 6]
    assert faults == [
        Fault(5, "status: Input should be 'active', 'suspended' or 'left'"),
    ]


def test_a_formula_is_a_text_like_any_other(tmp_path: Path) -> None:
    # Export is where formulas are made harmless (threats 23); a phone number begins with + too.
    assert read(tmp_path, f"{HEAD}\n=1+1,@SUM(A1),,-x,,+886912,active,,") == ([2], [])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("S-1,x", "9 cells are needed, this row has 2"),
        (f"{GOOD},more", "9 cells are needed, this row has 10"),
        (",x,,Bank,,,active,,", "staff_number: Field required"),
        ("  ,x,,Bank,,,active,,", "staff_number: Field required"),
        (f"S-1,{'x' * 201},,Bank,,,active,,", "name: String should have at most 200 characters"),
        ("S-1,x\0,,Bank,,,active,,", "name: String should match pattern"),
        ("S-1,x,,Bank,,,,,", "status: Field required"),
        ("S-1,x,,Bank,,,active,B-1,", "badge_expires_on: Field required"),
        ("S-1,x,,Bank,,,active,,2027-12-31", "badge_number: Field required"),
        ("S-1,x,,Bank,,,active,B-1,31/12/2027", "badge_expires_on: Value error"),
        ("S-1,x,,Bank,,,active,B-1,2027-02-30", "badge_expires_on: Input should be a valid date"),
        ('S-1,"x,,Bank,,,active,,', "this row is not CSV: unexpected end of data"),
        ('S-1,"x"y,,Bank,,,active,,', "this row is not CSV:"),
        (f"S-1,{'x' * 10_000_000},,Bank,,,active,,", "the line is longer than 65536 characters"),
        (f'S-1,"{"x" * 60 + chr(10)}' * 1 + f"{'y' * 60_000}\n" * 5, "this row is not CSV: field"),
    ],
    ids=str,
)
def test_a_wrong_row_is_one_line(tmp_path: Path, row: str, message: str) -> None:
    lines, (fault,) = read(tmp_path, f"{HEAD}\n{row}")
    assert lines == []
    assert fault.line == 2
    assert fault.message.startswith(message)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", 1, "the file is empty; the header must be"),
        (b"\xef\xbb\xbf", 1, "the file is empty; the header must be"),
        (GOOD.encode(), 1, "the header must be exactly staff_number,"),
        (HEAD.upper().encode(), 1, "the header must be exactly staff_number,"),
        (f"{HEAD}\n{GOOD}".encode("utf-16"), 1, "the line is not UTF-8"),
        (f"{HEAD}\n{GOOD}\n".encode() + b"S-2,\xed\xa0\x80", 3, "the line is not UTF-8"),
        (f"{HEAD}\n".encode() + "林".encode("big5"), 2, "the line is not UTF-8"),
        (b"\x00" * 100_000, 1, "the line is longer than"),
    ],
    ids=["empty", "bom only", "no header", "shouting", "utf-16", "surrogate", "big5", "zeros"],
)
def test_a_wrong_file_is_one_line(tmp_path: Path, content: bytes, line: int, message: str) -> None:
    _, (fault,) = read(tmp_path, content)
    assert fault.line == line
    assert fault.message.startswith(message)


def test_a_file_that_is_none_is_one_line(tmp_path: Path) -> None:
    assert read_rows(tmp_path, lambda _: None) == ([], [Fault(0, "cannot be read: Is a directory")])
    missing = read_rows(tmp_path / "none", lambda _: None)
    assert missing == ([], [Fault(0, "cannot be read: No such file or directory")])


def test_at_most_100_faults_are_told(tmp_path: Path) -> None:
    _, faults = read(tmp_path, f"{HEAD}\n" + "S-1,x\n" * 500)
    assert [fault.line for fault in faults] == list(range(2, 102))
