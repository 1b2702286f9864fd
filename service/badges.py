"""Look up a printed badge by the number and the name on it; recorded before it is answered."""

from db.badges import BadgeRow, find_badge
from db.units_of_work import reading
from domain.states import BadgeStatus, StaffStatus
from service.verifications import Answer, Asker, Gate, begin_answer
from verifiers import badge
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
    answer, record = begin_answer(gate, asker, now, "badge", judgement)
    await gate.recorder.record(record)
    return answer


def _as_facts(row: BadgeRow) -> BadgeOnRecord:
    status, expires_on, staff_status, name, name_latin = row
    return BadgeOnRecord(
        BadgeStatus(status), expires_on, StaffStatus(staff_status), name, name_latin
    )
