"""The checks that need no running program: `./run check`. All run, even when one fails."""

import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
CHECKS = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("mypy",),
    ("lint-imports",),
    ("hadolint", "Dockerfile"),
)


def main() -> int:
    """Return how many checks failed."""
    failed = [
        check
        for check in CHECKS
        if subprocess.run([BIN / check[0], *check[1:]], check=False).returncode  # noqa: S603
    ]
    for check in failed:
        sys.stderr.write(f"failed: {' '.join(check)}\n")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
