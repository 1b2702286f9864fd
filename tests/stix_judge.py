"""The judge of STIX exports: OASIS's own validator, in an environment of its own.

One of its packages comes as source only, which the locks of the service refuse. So it has a lock
of its own (`requirements-stix.lock`, every entry by hash, the builder too) and a git-ignored
`.venv-stix`, made at the first use with nothing but Python and its package registry.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

HOME: Final = Path(__file__).parents[1]
LOCK: Final = HOME / "requirements-stix.lock"
VENV: Final = HOME / ".venv-stix"
_INSTALL: Final = ("-q", "--disable-pip-version-check", "--no-deps", "--require-hashes")


def judge(folder: Path, bundles: Mapping[str, bytes]) -> None:
    """Assert that every bundle is valid STIX 2.1, and that not even a warning is given."""
    assert bundles
    set_up()
    files = []
    for name, content in bundles.items():
        file = folder / f"{name}.json"
        file.write_bytes(content)
        files.append(str(file))
    tool = VENV / "bin" / "stix2_validator"
    done = _run(str(tool), "--strict", "--version", "2.1", *files)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("STIX JSON: Valid") == len(files), done.stdout


def set_up() -> None:
    """Make the environment unless it is there; one process of the test run does, others wait.

    Skips loudly where no package registry can be reached, but never in CI.
    """
    stamp = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    stamp_file = VENV / "stamp"
    with LOCK.open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if stamp_file.exists() and stamp_file.read_text() == stamp:
            return
        shutil.rmtree(VENV, ignore_errors=True)
        made = _run(sys.executable, "-m", "venv", str(VENV))
        assert made.returncode == 0, made.stderr
        # The builder comes first, by hash: pip would otherwise fetch one of its own choice.
        builder = VENV / "builder.lock"
        entries = re.split(r"\n(?=\S)", LOCK.read_text())
        builder.write_text(next(one for one in entries if one.startswith("setuptools==")))
        _install("--only-binary", ":all:", "-r", str(builder))
        _install("--no-build-isolation", "-r", str(LOCK))
        stamp_file.write_text(stamp)


def _install(*words: str) -> None:
    done = _run(str(VENV / "bin" / "python"), "-m", "pip", "install", *_INSTALL, *words)
    if done.returncode and "connection broken by" in done.stderr and not os.environ.get("CI"):
        pytest.skip("NO PACKAGE REGISTRY, STIX EXPORTS NOT JUDGED: run where one can be reached")
    assert done.returncode == 0, done.stderr


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
