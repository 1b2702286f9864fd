"""What the reports of a case have in common, at a glance."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from db.indicators import count_indicators, find_names
from db.units_of_work import reading
from domain.indicators import IndicatorKind
from service.runtime import Runtime

_MOST_COUNTED: Final = 200
_MOST_SHOWN: Final = 5
_MOST_NAMES: Final = 2
_KINDS: Final = (
    IndicatorKind.ALIAS,
    IndicatorKind.PHONE,
    IndicatorKind.PLATE,
    IndicatorKind.BADGE,
    IndicatorKind.PAYEE,
    IndicatorKind.AGENCY,
    IndicatorKind.CODE_ORIGIN,
)
"""In the order of what tells one visitor from another; an address is told by its origin."""


@dataclass(frozen=True, slots=True)
class SharedFact:
    """What so many reports of a case claim, as one of them wrote it."""

    shown: str
    count: int


async def read_shared(
    runtime: Runtime, case_id: str
) -> Mapping[IndicatorKind, Sequence[SharedFact]]:
    """Return what two reports of a case or more claim, by kind, the most frequent first."""
    async with reading(runtime.engine) as session:
        counted = await count_indicators(session, case_id, _MOST_COUNTED)
    found: dict[IndicatorKind, list[SharedFact]] = {kind: [] for kind in _KINDS}
    for name, _, shown, count in counted:
        facts = found.get(IndicatorKind(name))
        if facts is not None and count > 1 and len(facts) < _MOST_SHOWN:
            facts.append(SharedFact(shown, count))
    return {kind: facts for kind, facts in found.items() if facts}


async def read_names(runtime: Runtime, case_ids: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Return what the visitors of each case mostly call themselves: people know no case by its id.

    A case whose reports tell no name is not in it.
    """
    if not case_ids:
        return {}
    async with reading(runtime.engine) as session:
        found = await find_names(session, case_ids, _MOST_NAMES)
    names: dict[str, list[str]] = {}
    for case_id, name in found:
        names.setdefault(case_id, []).append(name)
    return names
