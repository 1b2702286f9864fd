"""Look up a printed badge by the number and the name on it; recorded before it is answered."""

from collections.abc import Iterator
from dataclasses import replace

from sqlmodel.ext.asyncio.session import AsyncSession

from db.badges import find_badge
from db.units_of_work import reading
from domain.indicators import IndicatorKind
from domain.sightings import SightingKind
from domain.states import BadgeStatus, StaffStatus
from domain.verdicts import Reason
from service.answers import Answer, Asker, Subject, Told, begin, record
from service.runtime import Runtime
from service.sightings import Oddity
from service.watch_hits import find_reported
from verifiers import badge
from verifiers.badge import BadgeOnRecord


async def check_badge(runtime: Runtime, number: str, name: str, asker: Asker) -> Answer:
    """Check number and name together; shows nobody and is never genuine.

    Raises RateLimitedError, and NotRecordedError: without a record there is no answer.
    """
    if runtime.limits is not None:
        await runtime.limits.count_lookup(asker.address)
    now = runtime.clock()
    async with reading(runtime.engine) as session:
        on_record = await read_badge(session, number)
        hits = await find_reported(session, runtime, (IndicatorKind.BADGE,), number)
    today = now.astimezone(runtime.time_zone).date()
    judgement = badge.judge(on_record, name, today, is_reported=bool(hits))
    answer = begin(runtime, now, judgement)
    odd = tuple(_oddities(on_record, badge.parse_number(number), answer.reason))
    if answer.reason is Reason.REPORTED:
        odd = tuple(replace(one, badge_number=badge.parse_number(number)) for one in hits)
    subject = Subject(oddities=odd, told=Told(name=name, badge_number=number))
    return await record(runtime, asker, answer, "badge", subject)


def _oddities(
    on_record: BadgeOnRecord | None, number: str | None, reason: Reason
) -> Iterator[Oddity]:
    if number is None:
        return
    if on_record is None:
        yield Oddity(SightingKind.UNKNOWN_BADGE, number)
        return
    if reason is Reason.UNRECOGNISED:
        yield Oddity(SightingKind.NAME_MISMATCH, number)
    if on_record.status in {BadgeStatus.LOST, BadgeStatus.STOLEN}:
        yield Oddity(SightingKind.LOST_BADGE, number)
    elif reason is Reason.REVOKED:
        yield Oddity(SightingKind.REVOKED, number)


async def read_badge(session: AsyncSession, number: str) -> BadgeOnRecord | None:
    """Return the facts about a typed badge number, or None."""
    # What cannot be a number is looked up too: every guess costs the same statement.
    row = await find_badge(session, badge.parse_number(number) or "")
    if row is None:
        return None
    status, expires_on, staff_status, name, name_latin = row
    return BadgeOnRecord(
        BadgeStatus(status), expires_on, StaffStatus(staff_status), name, name_latin
    )
