"""What an operator may set is written down, and nothing else is."""

import re
from pathlib import Path

from service.settings import Settings

OPERATORS = (Path(__file__).parents[2] / "docs" / "operators.md").read_text()


def test_every_setting_has_its_line() -> None:
    documented = set(re.findall(r"^\| `MENSHEN_(\w+)`", OPERATORS, re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}
