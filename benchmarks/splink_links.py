"""How well splink links the reports that `benchmarks/links.py` has our linker link.

./run bench splink_links          # 50,000 reports a year; about five minutes, one core
./run bench splink_links 2000     # fewer

Needs a package registry at its first run: splink lives in a git-ignored `.venv-splink`, made from
`benchmarks/requirements-splink.lock`. There
`benchmarks/splink_model.py` reads what is written here.
"""

import csv
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from benchmarks.links import REPORTS, UNSEEN, UNTIL, traits_of
from domain.links import KeyKind
from service.simulated_reports import SimulatedReport, simulate
from verifiers.cells import cell_of
from verifiers.traits import Traits

TRAINING: Final = 1
"""The seed that our weights were fitted on too."""
HOME: Final = Path(__file__).parents[1]
LOCK: Final = HOME / "benchmarks" / "requirements-splink.lock"
VENV: Final = HOME / ".venv-splink"
PYTHON: Final = VENV / "bin" / "python"
_INSTALL: Final = (
    *("-m", "pip", "install", "-q", "--disable-pip-version-check"),
    *("--no-deps", "--only-binary", ":all:", "--require-hashes", "-r"),
)


def write_traits(file: Path, reports: Iterable[SimulatedReport]) -> None:
    """Write what our linker sees of each report, and who was really at the door."""
    rows = [_row(traits_of(one), one.entity) for one in reports]
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _row(traits: Traits, entity: str) -> dict[str, str | float]:
    name, place = traits.name, traits.place
    is_whole = name is not None and name.given
    return {
        "unique_id": traits.report_id,
        "entity": entity,
        "seconds": traits.at,
        "phone": traits.values.get(KeyKind.PHONE, ""),
        "plate": traits.values.get(KeyKind.PLATE, ""),
        "badge": traits.values.get(KeyKind.BADGE, ""),
        "payee": traits.values.get(KeyKind.PAYEE, ""),
        "site": traits.values.get(KeyKind.CODE_ORIGIN, ""),
        "surname": name.surname if name else "",
        "name": name.whole if name and is_whole else "",
        "skeleton": name.skeleton if name and is_whole else "",
        "agency": traits.agency or "",
        "lat": place.latitude if place else "",
        "lon": place.longitude if place else "",
        "cell": cell_of(place) if place else "",
        "words": "|".join(sorted(traits.words)),
        "asked": "|".join(sorted(traits.asked_for)),
    }


def set_up() -> None:
    """Make splink's environment; a stamp skips it when nothing changed."""
    stamp = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    stamp_file = VENV / "stamp"
    if stamp_file.exists() and stamp_file.read_text() == stamp:
        return
    for command in (
        (sys.executable, "-m", "venv", "--clear", str(VENV)),
        (str(PYTHON), *_INSTALL, str(LOCK)),
    ):
        if subprocess.run(command, check=False).returncode:  # noqa: S603 - our own
            sys.exit("splink was not installed: is a package registry reachable from here?")
    stamp_file.write_text(stamp)


def main() -> None:
    """Write both years' traits, and have splink learn from one and link the other."""
    how_many = int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS
    set_up()
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{seed}.csv" for seed in (TRAINING, UNSEEN)]
        for seed, file in zip((TRAINING, UNSEEN), files, strict=True):
            write_traits(file, simulate(seed, how_many, UNTIL).reports)
        command = [str(PYTHON), "-m", "benchmarks.splink_model", *map(str, files)]
        done = subprocess.run(command, check=False, cwd=HOME)  # noqa: S603 - our own
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
