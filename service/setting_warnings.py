"""Settings that stop no start, but are hardly what an operator meant."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from service.settings import Settings

_PREFIX: Final = str(Settings.model_config["env_prefix"])
# Container platforms name the neighbours of a service called `menshen` so.
_NEIGHBOUR: Final = re.compile(r"_SERVICE_(HOST|PORT)\w*=|_PORT_\d+_[A-Z]+\w*=|_PORT=[a-z]+://")


def find_unknown(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each variable with our prefix that is no setting."""
    known = [name.upper() for name in Settings.model_fields]
    for given, value in sorted(environment.items()):
        name = given.upper().removeprefix(_PREFIX)
        if name == given.upper() or name in known or _NEIGHBOUR.search(f"{given}={value}"):
            continue
        nearest = get_close_matches(name, known, 1)
        meant = "".join(f"; did you mean {_PREFIX}{one}?" for one in nearest)
        yield f"{given} is no setting and has no effect{meant}"


def find_short(settings: Settings) -> Iterator[str]:
    """Yield a sentence when reports go while the checks that they came from stay."""
    if settings.retain_reports < settings.retain_verifications:
        yield (
            "MENSHEN_RETAIN_REPORTS is shorter than MENSHEN_RETAIN_VERIFICATIONS: "
            "checks will outlive the reports that were made of them"
        )
