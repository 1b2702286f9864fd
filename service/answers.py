"""Answers to checks: what may be shown, how it is recorded, how a browser's own is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from pydantic import TypeAdapter

from db.verifications import Row
from domain.states import Purpose
from domain.verdicts import VERDICTS, Check, Reason, Verdict, first_reason
from service.events import Event
from service.runtime import Runtime
from service.sealing import Seal
from service.sightings import Occasion, Oddity, make_rows
from service.watch_hits import HitSource, tell_team, with_messages
from verifiers import jose_gate
from verifiers.live_state import Judgement
from verifiers.risk import Place


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as anybody knows: keyed hashes of client and receipt, what they added.

    `address` is only for limits and is kept nowhere.
    """

    address: str = ""
    client_hash: bytes | None = None
    receipt_hash: bytes | None = None
    place: Place | None = None
    notice_code: str | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands at the door; `photo_key` opens the photo for 15 minutes."""

    name: str
    photo_key: str | None
    badge_number: str | None
    employer: str
    agency: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """One of the team; `active` tells whether he may visit at all now.

    The photo's digest is for the hotline desk; no answer to a customer shows it.
    """

    name: str
    active: bool
    photo_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class ShownVisit:
    """What the answer may say about the visit; members that the reason hides are None."""

    starts_at: datetime
    ends_at: datetime
    place_hint: str | None = None
    purpose: Purpose | None = None
    phrase: str | None = None
    team: tuple[Member, ...] | None = None
    documents: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A check that was recorded, and what may be shown of it."""

    id: str
    reason: Reason
    checked_at: datetime
    checks: tuple[Check, ...]
    visitor: Visitor | None = None
    visit: ShownVisit | None = None
    match_number: str | None = None
    also_checked_at: datetime | None = None

    @property
    def verdict(self) -> Verdict:
        """The one word that follows from the reason."""
        return VERDICTS[self.reason]

    @property
    def lacks_photo(self) -> bool:
        """Whether somebody is shown with whom no photo can be compared."""
        return self.visitor is not None and self.visitor.photo_key is None


def make_id(runtime: Runtime, now: datetime) -> str:
    """Return a new check's id: milliseconds, then 80 random bits.

    Ids of one moment lie side by side, so that a batch of them touches few pages of the index.
    """
    milliseconds = int(now.timestamp() * 1000).to_bytes(6)
    return f"ve_{jose_gate.encode(milliseconds + runtime.randomness(10))}"


def make_photo_key(seal: Seal, answer_id: str) -> str:
    """Return what opens an answer's photo: its id, and 128 bits that only we can know of it."""
    return f"{answer_id}.{jose_gate.encode(_secret(seal, answer_id)[:16])}"


def make_match_number(seal: Seal, answer_id: str) -> str:
    """Return the two digits of an answer, which nobody can tell from its id."""
    return f"{int.from_bytes(_secret(seal, answer_id)[16:]) % 100:02}"


@lru_cache(maxsize=1)  # an answer asks for both, one after the other
def _secret(seal: Seal, answer_id: str) -> bytes:
    return seal.find(answer_id, "verification.shown")


def begin(runtime: Runtime, now: datetime, judgement: Judgement) -> Answer:
    """Return an answer that shows nobody yet."""
    return Answer(
        id=make_id(runtime, now),
        reason=first_reason(judgement.reasons),
        checked_at=now,
        checks=judgement.checks,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What the asker typed, scanned or shared: a report of this visit begins with it.

    Never what we know of a code or badge: a form must tell nobody more than the answer did.
    """

    name: str | None = None
    badge_number: str | None = None
    agency: str | None = None
    phone: str | None = None
    url: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a check was about, as far as it was proven, and what was odd about it."""

    ref: bytes | None = None
    visit_id: str | None = None
    staff_id: str | None = None
    photo_sha256: str | None = None
    oddities: tuple[Oddity, ...] = ()
    told: Told = Told()


async def record(
    runtime: Runtime, asker: Asker, answer: Answer, kind: str, subject: Subject
) -> Answer:
    """Commit a check and return its answer; raises NotRecordedError: no record, no answer.

    A browser with a receipt is shown the answer later, by its page; anybody else, now.
    """
    row = Row(
        id=answer.id,
        checked_at=answer.checked_at,
        kind=kind,
        reason=answer.reason,
        ref=subject.ref,
        visit_id=subject.visit_id,
        match_number=answer.match_number,
        receipt_hash=asker.receipt_hash,
        client_hash=asker.client_hash,
    )
    if asker.place is not None:
        row["latitude"], row["longitude"] = asker.place.latitude, asker.place.longitude
    if answer.visitor is not None and answer.visitor.photo_key is not None:
        row["photo_sha256"] = subject.photo_sha256
    if asker.receipt_hash is None:
        row["shown_at"] = answer.checked_at
    else:
        told = replace(subject.told, place=asker.place)
        kept = _KEPT.dump_json(Kept(answer, subject.staff_id, told))
        row["answer_sealed"] = runtime.seal.seal(kept, _context(answer.id))
    if subject.oddities:
        await _record_odd(runtime, asker, row, subject.oddities, _SOURCES.get(kind, "check"))
    else:
        await runtime.recorder.record(row)
    if asker.receipt_hash is None:
        tell_visitor(runtime, answer, subject.visit_id, subject.staff_id)
    return answer


async def _record_odd(
    runtime: Runtime, asker: Asker, row: Row, oddities: Sequence[Oddity], source: HitSource
) -> None:
    at = row["checked_at"]
    occasion = Occasion(row["id"], at, asker.address, asker.client_hash, asker.place)
    sightings = make_rows(runtime, occasion, oddities)
    await runtime.recorder.record(row, with_messages(runtime, sightings, source))
    for odd in oddities:
        if odd.entry_id is not None:
            tell_team(runtime, at, odd.entry_id, source)


def tell_visitor(
    runtime: Runtime, answer: Answer, visit_id: str | None, staff_id: str | None
) -> None:
    """Show the match number on the visitor's own screen, if it listens."""
    if visit_id is None or answer.match_number is None:
        return
    event = Event("checked", answer.checked_at, staff_id, answer.match_number)
    runtime.events.publish(visit_id, event)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that a browser asked for, and whose screen its match number belongs to."""

    answer: Answer
    staff_id: str | None
    told: Told = Told()


def open_kept(seal: Seal, answer_id: str, sealed: bytes) -> Kept:
    """Return a kept answer; raises UnsealableError for one that was changed or moved."""
    return _KEPT.validate_json(seal.unseal(sealed, _context(answer_id)))


def _context(answer_id: str) -> str:
    return f"verification.answer {answer_id}"


_KEPT: Final = TypeAdapter(Kept)
_SOURCES: Final[Mapping[str, HitSource]] = MappingProxyType(
    {"badge": "look_up", "contact": "look_up"}
)
