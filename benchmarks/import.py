"""How long a registry file of 100,000 rows takes, and how much memory, on both databases."""

import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks import pages
from benchmarks.doors import drop_database, fresh_database, migrate
from benchmarks.loads import HOME
from cli.registry_files import HEADER

ROWS: Final = 100_000
_KINDS: Final = ("sqlite", "postgresql")


def write_file(path: Path, status: str) -> None:
    """Write a file of so many staff with a badge each."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for at in range(ROWS):
            number = f"{at:06}"
            phone, badge = f"+886 9{at:08}", f"B-{number}"
            latin, bank = f"Wang {number}", "Harbour Bank"
            rows.writerow(
                [f"S-{number}", f"王{number}", latin, bank, "", phone, status, badge, "2030-12-31"]
            )


def run(path: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Import a file and return seconds and peak memory in megabytes."""
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "cli", "registry", "import", str(path)],
        cwd=HOME,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"the import failed: {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - started, used.ru_maxrss / 1024


def main() -> None:
    """Measure adding and changing every row, and write the table."""
    rows = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for kind in _KINDS:
            url = fresh_database(kind, folder)
            environment = {
                "MENSHEN_MODE": "demo",
                "MENSHEN_DATA_DIR": made,
                "MENSHEN_DATABASE_URL": url,
            }
            try:
                migrate(environment)
                for work, status in (("add all", "active"), ("change all", "suspended")):
                    path = folder / "staff.csv"
                    write_file(path, status)
                    seconds, megabytes = run(path, environment)
                    rows.append([f"{kind}, {work}", f"{seconds:.0f}", f"{megabytes:.0f}"])
            finally:
                drop_database(url)
    pages.write("import", pages.table(["100,000 rows", "seconds", "peak MB"], rows))


if __name__ == "__main__":
    main()
