"""How urgently a report or case needs somebody's eyes: a sum of declared signals, 0 to 100.

A score orders the queue and does nothing else: nobody is suspended, refused or warned by it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.reports import AskedFor
from domain.signals import Signal
from domain.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Points:
    """What a signal adds, and why."""

    points: int
    reason: str


SIGNALS: Final[Mapping[Signal, Points]] = MappingProxyType(
    {
        Signal.SECRET_ASKED: Points(25, "a password or one-time code empties an account at once"),
        Signal.MONEY_ASKED: Points(20, "genuine staff never take cash or private transfers"),
        Signal.ENTRY_ASKED: Points(10, "somebody inside is in more danger than at a door"),
        Signal.CHECK_FAILED: Points(25, "a check of ours said not genuine: more than a feeling"),
        Signal.CHECK_PASSED: Points(-20, "a check of ours found visitor and visit genuine"),
        Signal.EVIDENCE: Points(10, "images can be compared and shown to the police"),
        Signal.CONTACT_LEFT: Points(5, "the reporter can be asked"),
        Signal.TELLS_LITTLE: Points(-10, "without any fact there is little to follow"),
        Signal.IN_CASE: Points(15, "somebody else met the same visitor"),
        Signal.IN_LARGE_CASE: Points(15, "ten reports or more: they live on it"),
        Signal.SPREADS: Points(10, "two weeks or longer: they will not stop by themselves"),
        Signal.STILL_ACTIVE: Points(10, "met within the last three days"),
        Signal.DISMISSED: Points(-200, "two analysts found no impostor in it"),
        Signal.WITHDRAWN: Points(-200, "nobody stands by it any more, whatever else it says"),
    }
)
_SECRETS: Final = frozenset({AskedFor.PASSWORD, AskedFor.ONE_TIME_CODE})
_MONEY: Final = frozenset({AskedFor.CASH, AskedFor.TRANSFER})
_CHECKS: Final = MappingProxyType(
    {Verdict.NOT_GENUINE: Signal.CHECK_FAILED, Verdict.GENUINE: Signal.CHECK_PASSED}
)
SIZES: Final = frozenset({Signal.IN_CASE, Signal.IN_LARGE_CASE})
"""The signals that follow a report's case."""
_LARGE: Final = 10
_LONG_DAYS: Final = 14
_ACTIVE_DAYS: Final = 3


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What a report's score is made of, with what is folded under it.

    `facts` counts what was told about the visitor, `case_size` what `size_signals` counts.
    """

    asked_for: frozenset[str]
    verdicts: frozenset[Verdict]
    evidence: int
    has_contact: bool
    facts: int
    is_dismissed: bool = False
    is_withdrawn: bool = False
    case_size: int = 0


def read_report(facts: ReportFacts) -> tuple[Signal, ...]:
    """Return the signals of a report."""
    return resize(_of_report(facts), facts.case_size)


def size_signals(size: int) -> frozenset[Signal]:
    """Return what a report gains by its case.

    `size` counts the visits that people report and stand by: none that is told again, none that
    was dismissed or withdrawn.
    """
    gained = {Signal.IN_CASE: size > 1, Signal.IN_LARGE_CASE: size >= _LARGE}
    return frozenset(signal for signal, is_so in gained.items() if is_so)


def resize(signals: Iterable[Signal], size: int) -> tuple[Signal, ...]:
    """Return the signals of a report whose case has become so large."""
    own = frozenset(signals) - SIZES
    return tuple(signal for signal in Signal if signal in own | size_signals(size))


def verdicts_of(signals: Iterable[Signal]) -> frozenset[Verdict]:
    """Return what the checks said that gave these signals."""
    return frozenset(verdict for verdict, signal in _CHECKS.items() if signal in frozenset(signals))


def read_case(highest: int, days: float, days_ago: float) -> tuple[int, tuple[Signal, ...]]:
    """Return a case's score and signals: its gravest report, and how it goes on.

    The report's own score counts how large the case is; `days` lie between first and last visit,
    `days_ago` since the last.
    """
    signals = tuple(_of_case(days, days_ago))
    return score(signals, highest), signals


def score(signals: Iterable[Signal], start: int = 0) -> int:
    """Return the sum of signals, 0 to 100."""
    return min(max(start + sum(SIGNALS[one].points for one in signals), 0), 100)


def _of_report(facts: ReportFacts) -> Iterator[Signal]:
    holds = {
        Signal.SECRET_ASKED: bool(facts.asked_for & _SECRETS),
        Signal.MONEY_ASKED: bool(facts.asked_for & _MONEY),
        Signal.ENTRY_ASKED: AskedFor.ENTRY in facts.asked_for,
        Signal.EVIDENCE: facts.evidence > 0,
        Signal.CONTACT_LEFT: facts.has_contact,
        Signal.TELLS_LITTLE: facts.facts == 0,
        Signal.DISMISSED: facts.is_dismissed,
        Signal.WITHDRAWN: facts.is_withdrawn,
    }
    yield from (signal for signal, is_so in holds.items() if is_so)
    yield from (signal for verdict, signal in _CHECKS.items() if verdict in facts.verdicts)


def _of_case(days: float, days_ago: float) -> Iterator[Signal]:
    if days >= _LONG_DAYS:
        yield Signal.SPREADS
    if days_ago <= _ACTIVE_DAYS:
        yield Signal.STILL_ACTIVE
