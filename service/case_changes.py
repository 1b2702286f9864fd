"""What a transaction does to cases: open, join, merge, leave; each act goes into the history."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from db.case_queries import (
    find_case,
    find_case_links,
    find_highest_score,
    find_wrongly_signalled,
    measure_case,
)
from db.cases import CaseEvent, CaseLink, FraudCase, LinkedReport
from db.merges import move_all
from domain.cases import CaseEventKind
from domain.links import Ground
from domain.signals import Signal
from service import profiles
from service.case_news import tell_change, tell_closed
from service.runtime import Runtime
from verifiers import scores
from verifiers.neighbourhoods import Link, Reason

LINKER: Final = "linker"
"""Who is on record for what nobody did by hand."""
_DAY: Final = 86_400
_FEW: Final = 1_000  # more might be more than a statement takes parameters


@dataclass(frozen=True, slots=True)
class CaseWork:
    """A transaction that changes cases: whose, when, and whose runtime tells others of it."""

    session: AsyncSession
    runtime: Runtime
    actor: str
    now: datetime


async def case_of(work: CaseWork, cluster: str) -> FraudCase:
    """Return the case that a cluster is; a report that was alone opens one."""
    linked = await work.session.get(LinkedReport, cluster)
    if linked is None:
        return await find_case(work.session, cluster)
    case = await open_case(work, [linked])
    _add_link(work, case.id, linked.report_id, 0.0, [Reason(Ground.FIRST, 0.0, linked.report_id)])
    return case


async def open_case(work: CaseWork, members: list[LinkedReport]) -> FraudCase:
    """Open a case of these reports; its id comes from the first, so that no two have the same."""
    session = work.session
    first = min(members, key=lambda one: (one.received_at, one.report_id))
    made_of = f"{first.report_id} {work.now.isoformat()} {work.actor}"
    case = FraudCase(
        id=f"fc_{hashlib.sha256(made_of.encode()).hexdigest()[:20]}",
        opened_at=work.now,
        updated_at=work.now,
        first_at=first.occurred_at,
        last_at=first.occurred_at,
        report_count=0,
        score=0,
        signals=[],
        is_open=True,
    )
    session.add(case)
    await session.flush()
    for one in members:
        one.case_id = case.id
    await session.flush()
    await record(work, case.id, CaseEventKind.OPENED, [one.report_id for one in members])
    return case


async def join(work: CaseWork, case: FraudCase, linked: LinkedReport, link: Link) -> None:
    """Put a report into a case, with the reasons why."""
    linked.case_id = case.id
    for one in await find_case_links(work.session, report_id=linked.report_id):
        if one.is_possible and one.case_id == case.id:  # now it is so
            await work.session.delete(one)
    await work.session.flush()
    _add_link(work, case.id, linked.report_id, link.bits, link.reasons)
    await record(work, case.id, CaseEventKind.JOINED, [linked.report_id])


async def absorb(work: CaseWork, case: FraudCase, link: Link) -> None:
    """Bring another cluster into a case, for the linker."""
    other = await work.session.get(LinkedReport, link.cluster)
    if other is None:
        await merge(work, case, await find_case(work.session, link.cluster))
        return
    if other.is_pinned:
        return
    await join(work, case, other, link)


async def merge(work: CaseWork, case: FraudCase, other: FraudCase) -> None:
    """Bring all of another case into this one; the other stays on record and says so."""
    ids = await move_all(work.session, other.id, case.id)
    other.merged_into, other.is_open, other.report_count = case.id, False, 0
    other.updated_at = work.now
    await record(work, case.id, CaseEventKind.MERGED, ids, other.id)
    _write(work, other.id, CaseEventKind.MERGED, ids, f"-> {case.id}")
    await tell_closed(work.session, work.runtime, other)
    await work.session.flush()


async def forget(work: CaseWork, linked: LinkedReport) -> None:
    """Take a report out of its case and out of the linker's sight: it turned out misconduct."""
    case_id, linked.case_id, linked.is_pinned = linked.case_id, None, True
    set_signals(linked, scores.resize(map(Signal, linked.signals), 0))
    await work.session.flush()
    if case_id is not None:
        await record(work, case_id, CaseEventKind.LEFT, [linked.report_id])
        await measure(work, await find_case(work.session, case_id))


async def note_possible(work: CaseWork, report_id: str, link: Link) -> None:
    """Keep a tie to another case for analysts to judge, once."""
    if await work.session.get(FraudCase, link.cluster) is None:
        return
    known = await find_case_links(work.session, report_id=report_id)
    if link.cluster not in {one.case_id for one in known}:
        _add_link(work, link.cluster, report_id, link.bits, link.reasons, possible=True)


def add_by_hand(work: CaseWork, case_id: str, report_id: str) -> None:
    """Note that somebody put a report into a case."""
    _add_link(work, case_id, report_id, 0.0, [Reason(Ground.BY_HAND, 0.0, report_id)])


async def measure(work: CaseWork, case: FraudCase) -> None:
    """Bring a case's numbers up to date; one that nobody is in any more is closed."""
    session, now, was_open = work.session, work.now, case.is_open
    await session.flush()
    count, first, last, visits, highest = await measure_case(session, case.id)
    await profiles.renew(session, case.id, count)
    case.report_count, case.updated_at, case.is_open = count, now, count > 0
    if first is None or last is None:
        case.score, case.signals = 0, []
        if was_open:
            await tell_closed(session, work.runtime, case)
        return
    case.first_at, case.last_at = first, last
    raised, lowered = await _resize(session, case.id, visits)
    if lowered:
        highest = await find_highest_score(session, case.id)
    elif raised:  # a new one, mostly: the others of a large case need not be read again
        among = raised if len(raised) <= _FEW else None
        highest = max(highest, await find_highest_score(session, case.id, among))
    days = (last - first).total_seconds() / _DAY
    ago = (now - last).total_seconds() / _DAY
    case.score, signals = scores.read_case(highest, days, ago)
    case.signals = list(signals)
    await session.flush()


async def _resize(
    session: AsyncSession, case_id: str, visits: int
) -> tuple[Sequence[str], Sequence[str]]:
    """Let the scores of a case's reports follow its size; return those raised, those lowered."""
    gained = scores.size_signals(visits)
    wanted = {one: one in gained for one in scores.SIZES}
    raised: list[str] = []
    lowered: list[str] = []
    for linked in await find_wrongly_signalled(session, case_id, wanted):
        before = linked.score
        set_signals(linked, scores.resize(map(Signal, linked.signals), visits))
        (lowered if linked.score < before else raised).append(linked.report_id)
    await session.flush()
    return raised, lowered


def set_signals(linked: LinkedReport, signals: Sequence[Signal]) -> None:
    """Write the signals of a report and the score that they make."""
    linked.signals, linked.score = list(signals), scores.score(signals)


async def record(
    work: CaseWork,
    case_id: str,
    kind: CaseEventKind,
    report_ids: Sequence[str],
    other_id: str | None = None,
) -> None:
    """Write an act into a case's history, and tell other systems of it.

    `other_id` is the case from which reports came, or into which they went.
    """
    _write(work, case_id, kind, report_ids, other_id or "")
    await tell_change(work.session, work.runtime, case_id, kind, report_ids, other_id)


def _write(
    work: CaseWork, case_id: str, kind: CaseEventKind, report_ids: Sequence[str], text: str
) -> None:
    work.session.add(
        CaseEvent(
            case_id=case_id,
            at=work.now,
            actor=work.actor,
            kind=kind,
            text=text,
            report_ids=list(report_ids),
        )
    )


def _add_link(  # noqa: PLR0913 - a row's columns
    work: CaseWork,
    case_id: str,
    report_id: str,
    bits: float,
    reasons: Iterable[Reason],
    *,
    possible: bool = False,
) -> None:
    work.session.add(
        CaseLink(
            case_id=case_id,
            report_id=report_id,
            at=work.now,
            actor=work.actor,
            bits=bits,
            reasons=[_as_json(one) for one in reasons],
            is_possible=possible,
        )
    )


def _as_json(reason: Reason) -> dict[str, Any]:
    kept: dict[str, Any] = reason._asdict()
    kept["value"] = None if reason.key is None else reason.key[1]
    del kept["key"]
    return kept
