"""`./run menshen` called from elsewhere: files are the caller's, the data folder is the clone's."""

import os
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import NamedTuple

import pytest

from service.settings import Settings
from tests.e2e.cli.test_cli import DEMO, HOME, menshen
from tests.e2e.cli.test_registry import lines


class Replaced(Exception):  # noqa: N818 - stands for the end of the process
    """The launcher has become this command."""


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be called in another folder than the clone, with what the launcher changes undone after."""
    monkeypatch.setenv("CALLED_FROM", "/nowhere")
    for name in [one for one in os.environ if one.startswith("MENSHEN_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


class Launched(NamedTuple):
    """What a launched command ended with and printed, and where it ran."""

    returncode: int
    stdout: str
    stderr: str
    cwd: Path


def launch(monkeypatch: pytest.MonkeyPatch, *words: str) -> Launched:
    """Do what `./run menshen ...` does in the current folder, without setting anything up."""
    loader = SourceFileLoader("launcher", str(HOME / "run"))
    spec = spec_from_loader("launcher", loader)
    assert spec is not None
    launcher = module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(launcher)
    commands: list[list[str]] = []

    def replace(_: object, command: list[str]) -> None:
        commands.append(command)
        raise Replaced

    for name in ("set_up", "set_up_browser_libraries"):
        monkeypatch.setattr(launcher, name, lambda: None)
    monkeypatch.setattr(launcher.os, "execv", replace)
    monkeypatch.setattr(sys, "argv", ["run", "menshen", *words])
    called_from = Path.cwd()
    with pytest.raises(Replaced):
        launcher.main()
    ((_, *command),) = commands
    assert command[:2] == ["-m", "cli"]
    given = {name: value for name, value in os.environ.items() if name.startswith("MENSHEN_")}
    done = menshen(called_from, *command[2:], **given)
    ran_in = Path.cwd()
    os.chdir(called_from)
    return Launched(*done, cwd=ran_in)


def test_files_are_the_callers(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"MENSHEN_DATA_DIR": str(elsewhere.parent / "data"), **DEMO}
    for name, value in data.items():
        monkeypatch.setenv(name, value)
    (elsewhere / "staff.csv").write_text(lines(2))
    done = launch(monkeypatch, "registry", "import", "staff.csv")
    assert done.stdout == "added 2, changed 0, unchanged 0\n", done.stderr
    words = ("--seed", "5", "--reports", "40", "--truth", "truth", "--out", "../out")
    assert launch(monkeypatch, "simulate", *words).returncode == 0
    assert (elsewhere / "truth").is_file()
    assert (elsewhere / "../out").is_file()
    done = launch(monkeypatch, "fraud", "export", "--out", "reports.csv")
    assert done.stdout == f"0 reports, TLP:AMBER, in {elsewhere / 'reports.csv'}\n"
    (elsewhere / "made").mkdir()
    source = "sqlite+aiosqlite:///../data/menshen.sqlite3"
    done = launch(monkeypatch, "db", "copy", source, "sqlite+aiosqlite:///made/copy.sqlite3")
    assert done.returncode == 0, done.stderr
    assert {one.name for one in elsewhere.iterdir()} == {
        "staff.csv",
        "truth",
        "reports.csv",
        "made",
    }
    assert (elsewhere / "made" / "copy.sqlite3").is_file()
    whole = launch(monkeypatch, "registry", "import", str(elsewhere / "staff.csv"))
    assert whole.stdout == "added 0, changed 0, unchanged 2\n"
    missing = launch(monkeypatch, "registry", "import", "missing.csv")
    assert missing.stderr.startswith(f"{elsewhere / 'missing.csv'}:0: ")


def test_the_data_folder_is_the_clones(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Settings().data_dir.is_absolute()
    assert launch(monkeypatch, "--help").cwd == HOME
    assert list(elsewhere.iterdir()) == []


def test_without_the_launcher_it_is_the_working_directory(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CALLED_FROM")
    monkeypatch.setenv("PYTHONPATH", str(HOME))
    monkeypatch.setenv("MENSHEN_DATA_DIR", "data")
    (elsewhere / "staff.csv").write_text(lines(1))
    done = subprocess.run(
        [sys.executable, "-m", "cli", "registry", "import", "staff.csv"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "added 1, changed 0, unchanged 0\n", done.stderr
