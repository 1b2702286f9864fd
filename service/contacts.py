"""Look up a contact that called or wrote: configured ones, and agencies' lines in contract."""

from typing import Final

from db.agencies import find_in_contract
from db.units_of_work import reading
from domain.indicators import IndicatorKind
from domain.verdicts import Reason
from service.answers import Answer, Asker, Subject, Told, begin, record
from service.runtime import Runtime
from service.watch_hits import find_reported
from service.watchlist_matches import official_texts
from verifiers import contact as checks
from verifiers.indicators import value_of

_KINDS: Final = (
    IndicatorKind.PHONE,
    IndicatorKind.URL,
    IndicatorKind.CODE_ORIGIN,
    IndicatorKind.AGENCY,  # a sender's name
)


async def check_contact(runtime: Runtime, contact: str, asker: Asker) -> Answer:
    """Check a number, short number, sender name or address; never a staff member's phone.

    Raises RateLimitedError, and NotRecordedError: without a record there is no answer.
    """
    if runtime.limits is not None:
        await runtime.limits.count_lookup(asker.address)
    now = runtime.clock()
    async with reading(runtime.engine) as session:
        agencies = await find_in_contract(session, now.astimezone(runtime.time_zone).date())
        hits = await find_reported(session, runtime, _KINDS, contact)
    lines = [phone for agency in agencies for phone in agency.phones]
    official = [*official_texts(runtime), *lines]
    judgement = checks.judge(contact, official, runtime.country, is_reported=bool(hits))
    answer = begin(runtime, now, judgement)
    odd = hits if answer.reason is Reason.REPORTED else ()
    subject = Subject(oddities=odd, told=_told(contact, runtime.country))
    return await record(runtime, asker, answer, "contact", subject)


def _told(contact: str, country: str) -> Told:
    is_number = value_of(IndicatorKind.PHONE, contact, country) is not None
    if is_number and not any(one.isalpha() for one in contact):
        return Told(phone=contact)
    if value_of(IndicatorKind.CODE_ORIGIN, contact, country) is not None:
        return Told(url=contact)
    return Told(agency=contact)
