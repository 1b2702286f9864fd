"""Look up a printed badge by the number and the name on it; recorded before it is answered."""

from db.badges import BadgeRow, find_badge
from db.units_of_work import reading
from db.verifications import Verification
from domain.states import BadgeStatus, StaffStatus
from domain.verdicts import first_reason
from service.verifications import Answer, Asker, Gate
from verifiers import badge, jose_gate
from verifiers.badge import BadgeOnRecord


async def check_badge(gate: Gate, number: str, name: str, asker: Asker) -> Answer:
    """Check number and name together; shows nobody and is never genuine.

    Raises NotRecordedError: without a record there is no answer.
    """
    now = gate.clock()
    async with reading(gate.engine) as session:
        # What cannot be a number is looked up too: every guess costs the same statement.
        row = await find_badge(session, badge.parse_number(number) or "")
    on_record = None if row is None else _as_facts(row)
    judgement = badge.judge(on_record, name, now.astimezone(gate.time_zone).date())
    answer = Answer(
        id=f"ve_{jose_gate.encode(gate.randomness(16))}",
        reason=first_reason(judgement.reasons),
        checked_at=now,
        checks=judgement.checks,
    )
    await gate.recorder.record(
        Verification(
            id=answer.id,
            checked_at=now,
            kind="badge",
            reason=answer.reason,
            receipt_hash=asker.receipt_hash,
            client_hash=asker.client_hash,
        )
    )
    return answer


def _as_facts(row: BadgeRow) -> BadgeOnRecord:
    return BadgeOnRecord(
        BadgeStatus(row.status),
        row.expires_on,
        StaffStatus(row.staff_status),
        row.name,
        row.name_latin,
    )
