"""What a transaction does to cases: open, join, merge, leave; each act goes into the history."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from db.case_queries import find_case, measure_case, move_all
from db.cases import CaseEvent, CaseLink, FraudCase, LinkedReport
from db.reports import Report
from db.verifications import Verification
from domain.cases import CaseEventKind
from domain.links import Ground
from domain.signals import Signal
from domain.verdicts import Reason as CheckReason
from verifiers import scores
from verifiers.neighbourhoods import Link, Reason
from verifiers.scores import ReportFacts

LINKER: Final = "linker"
"""Who is on record for what nobody did by hand."""
_DAY: Final = 86_400


async def case_of(session: AsyncSession, cluster: str, now: datetime) -> FraudCase:
    """Return the case that a cluster is; a report that was alone opens one."""
    linked = await session.get(LinkedReport, cluster)
    if linked is None:
        return await find_case(session, cluster)
    case = await open_case(session, [linked], LINKER, now)
    by = Reason(Ground.FIRST, 0.0, linked.report_id)
    _add_link(session, case.id, linked.report_id, LINKER, now, 0.0, [by])
    return case


async def open_case(
    session: AsyncSession, members: list[LinkedReport], actor: str, now: datetime
) -> FraudCase:
    """Open a case of these reports; its id comes from the first, so that no two have the same."""
    first = min(members, key=lambda one: (one.received_at, one.report_id))
    made_of = f"{first.report_id} {now.isoformat()} {actor}"
    case = FraudCase(
        id=f"fc_{hashlib.sha256(made_of.encode()).hexdigest()[:20]}",
        opened_at=now,
        updated_at=now,
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
    record(session, case.id, actor, CaseEventKind.OPENED, now, [one.report_id for one in members])
    return case


async def join(  # noqa: PLR0913, PLR0917 - each by its name
    session: AsyncSession,
    case: FraudCase,
    linked: LinkedReport,
    link: Link,
    actor: str,
    now: datetime,
) -> None:
    """Put a report into a case, with the reasons why."""
    linked.case_id = case.id
    await session.flush()
    _add_link(session, case.id, linked.report_id, actor, now, link.bits, link.reasons)
    record(session, case.id, actor, CaseEventKind.JOINED, now, [linked.report_id])


async def absorb(session: AsyncSession, case: FraudCase, link: Link, now: datetime) -> None:
    """Bring another cluster into a case, for the linker."""
    other = await session.get(LinkedReport, link.cluster)
    if other is None:
        await merge(session, case, await find_case(session, link.cluster), LINKER, now)
        return
    if other.is_pinned:
        return
    await join(session, case, other, link, LINKER, now)


async def merge(
    session: AsyncSession, case: FraudCase, other: FraudCase, actor: str, now: datetime
) -> None:
    """Bring all of another case into this one; the other stays on record and says so."""
    await move_all(session, other.id, case.id)
    other.merged_into, other.is_open, other.report_count = case.id, False, 0
    other.updated_at = now
    record(session, case.id, actor, CaseEventKind.MERGED, now, [], other.id)
    record(session, other.id, actor, CaseEventKind.MERGED, now, [], f"-> {case.id}")
    await session.flush()


async def forget(session: AsyncSession, linked: LinkedReport, now: datetime) -> None:
    """Take a report out of its case: it turned out to be of another kind."""
    case_id, linked.case_id, linked.is_pinned = linked.case_id, None, True
    await session.flush()
    if case_id is not None:
        record(session, case_id, LINKER, CaseEventKind.LEFT, now, [linked.report_id])
        await measure(session, await find_case(session, case_id), now)


async def note_possible(session: AsyncSession, report_id: str, link: Link, now: datetime) -> None:
    """Keep a tie to another case for analysts to judge."""
    if await session.get(FraudCase, link.cluster) is not None:
        _add_link(
            session, link.cluster, report_id, LINKER, now, link.bits, link.reasons, possible=True
        )


def add_by_hand(
    session: AsyncSession, case_id: str, report_id: str, actor: str, now: datetime
) -> None:
    """Note that somebody put a report into a case."""
    by_hand = Reason(Ground.BY_HAND, 0.0, report_id)
    _add_link(session, case_id, report_id, actor, now, 0.0, [by_hand])


async def measure(session: AsyncSession, case: FraudCase, now: datetime) -> None:
    """Bring a case's numbers up to date; one that nobody is in any more is closed."""
    await session.flush()
    count, first, last, highest = await measure_case(session, case.id)
    case.report_count, case.updated_at, case.is_open = count, now, count > 0
    if first is None or last is None:
        case.score, case.signals = 0, []
        return
    case.first_at, case.last_at = first, last
    days = (last - first).total_seconds() / _DAY
    ago = (now - last).total_seconds() / _DAY
    case.score, signals = scores.read_case(highest, count, days, ago)
    case.signals = list(signals)
    await session.flush()


async def signals_of(session: AsyncSession, report: Report, case_size: int) -> tuple[Signal, ...]:
    """Return the signals of a report, with those of the check that it came from."""
    check = None
    if report.verification_id is not None:
        found = await session.get(Verification, report.verification_id)
        check = None if found is None else CheckReason(found.reason)
    told = (report.claimed_name, report.badge_number, report.agency, report.phone, report.plate,
            report.payee, report.url)  # fmt: skip
    facts = ReportFacts(
        asked_for=frozenset(report.asked_for),
        check=check,
        evidence=report.evidence_count,
        has_contact=report.contact_sealed is not None,
        facts=sum(one is not None for one in told),
        case_size=case_size,
    )
    return scores.read_report(facts)


def score_of(signals: Iterable[Signal]) -> int:
    """Return the sum of signals, 0 to 100."""
    return scores.score(signals)


def record(  # noqa: PLR0913, PLR0917 - a row's columns
    session: AsyncSession,
    case_id: str,
    actor: str,
    kind: CaseEventKind,
    now: datetime,
    report_ids: list[str],
    text: str = "",
) -> None:
    """Write an act into a case's history."""
    session.add(
        CaseEvent(case_id=case_id, at=now, actor=actor, kind=kind, text=text, report_ids=report_ids)
    )


def _add_link(  # noqa: PLR0913, PLR0917 - a row's columns
    session: AsyncSession,
    case_id: str,
    report_id: str,
    actor: str,
    now: datetime,
    bits: float,
    reasons: Iterable[Reason],
    *,
    possible: bool = False,
) -> None:
    session.add(
        CaseLink(
            case_id=case_id,
            report_id=report_id,
            at=now,
            actor=actor,
            bits=bits,
            reasons=[_as_json(one) for one in reasons],
            is_possible=possible,
        )
    )


def _as_json(reason: Reason) -> dict[str, Any]:
    kept = asdict(reason)
    kept["value"] = None if reason.key is None else reason.key[1]
    del kept["key"]
    return kept
