"""The notice a customer was sent before: made with the visit, looked up, given beside a code."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from db.notices import count_wrong, find_notice, try_beside
from db.units_of_work import writing
from db.visits import Notice, Visit
from domain.disclosure import shown_for
from domain.states import Language, VisitStatus
from service.answers import Answer, Asker, ShownVisit, Subject, begin, record
from service.customers import phone_endings
from service.own_visits import OwnVisit, read_own
from service.phrases import make_phrase
from service.runtime import Runtime
from service.sealing import Seal
from verifiers import notice as checks
from verifiers.notice import NoticeOnRecord

KEPT: Final = timedelta(hours=24)
"""How long after the slot's end a notice still answers."""


def make_notice(runtime: Runtime, visit: Visit) -> Notice:
    """Return a new notice of a visit; code and phrase stay the same when the visit moves."""
    seal = runtime.seal
    code = checks.make_code(runtime.randomness(16))
    phrase = make_phrase(Language(visit.language), runtime.randomness)
    return Notice(
        visit_id=visit.id,
        code_hash=_find(seal, code),
        code_sealed=seal.seal(code.encode(), f"notice.code {visit.id}"),
        phrase_sealed=seal.seal(phrase.encode(), f"notice.phrase {visit.id}"),
        expires_at=visit.ends_at + KEPT,
    )


async def check_notice(runtime: Runtime, code: str, phone_last4: str, asker: Asker) -> Answer:
    """Look a notice up by its code and the end of the phone it was sent to; shows the slot only.

    Raises RateLimitedError, and NotRecordedError: without a record there is no answer.
    """
    if runtime.limits is not None:
        await runtime.limits.count_lookup(asker.address)
    now = runtime.clock()
    code_hash = find_code(runtime.seal, code)
    async with writing(runtime.engine) as session:
        found = await find_notice(session, code_hash)
        facts = None if found is None else _facts(runtime.seal, *found)
        right = checks.proves(facts, phone_last4, int(now.timestamp()))
        await count_wrong(session, code_hash, wrong=0 if right else 1)
        await session.commit()
    answer = begin(runtime, now, checks.judge(facts, phone_last4, int(now.timestamp())))
    subject = Subject()
    if found is not None and "starts_at" in shown_for(answer.reason):
        visit = found[1]
        subject = Subject(visit_id=visit.id)
        answer = replace(answer, visit=ShownVisit(visit.starts_at, visit.ends_at))
    return await record(runtime, asker, answer, "notice", subject)


async def match_notice(runtime: Runtime, ref: bytes, code: str, now: datetime) -> OwnVisit | None:
    """Return the details of a token's visit when the notice code is its own; 5 tries a token."""
    async with writing(runtime.engine) as session:
        found = await try_beside(session, ref, find_code(runtime.seal, code), now, checks.TRIES)
        visit = None if found is None else await session.get(Visit, found.visit_id)
        own = None
        if found is not None and visit is not None:
            own = await read_own(session, runtime.seal, visit, found)
        await session.commit()
    return own


def find_code(seal: Seal, typed: str) -> bytes:
    """Return the keyed hash of a typed notice code; what cannot be one has a hash, too."""
    return _find(seal, checks.parse_code(typed) or "")


def _find(seal: Seal, code: str) -> bytes:
    return seal.find(code, "notice.code")


def _facts(seal: Seal, notice: Notice, visit: Visit) -> NoticeOnRecord:
    return NoticeOnRecord(
        visit_status=VisitStatus(visit.status),
        phone_endings=phone_endings(
            seal, visit.id, visit.customer_phone_sealed, visit.liaison_sealed
        ),
        wrong_tries=notice.wrong_tries,
        expires_at=int(notice.expires_at.timestamp()),
    )
