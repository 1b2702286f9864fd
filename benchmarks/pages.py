"""Benchmarks write what they measured into docs/performance.md themselves."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parents[1] / "docs" / "performance.md"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(section: str, text: str) -> None:
    """Replace what stands between a section's two marks, and print it."""
    mark = re.compile(rf"(<!-- {section} -->\n).*?(<!-- /{section} -->)", re.DOTALL)
    written, found = mark.subn(lambda marks: f"{marks[1]}{text}\n{marks[2]}", PAGE.read_text())
    if found != 1:
        message = f"docs/performance.md has no section {section}"
        raise ValueError(message)
    PAGE.write_text(written)
    print(text)  # noqa: T201 - its output
