"""Check a visit code at the door: from the scanned text to a recorded answer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from db.scans import EarlierScan, Scan, earlier_scans, find_scan
from db.units_of_work import reading
from db.verifications import Verification
from domain.clock import Clock
from domain.disclosure import shown_for
from domain.randomness import Randomness
from domain.refusals import Refused
from domain.states import DeviceStatus, StaffStatus, VisitStatus
from domain.verdicts import VERDICTS, Check, Outcome, Reason, Verdict, first_reason
from service.addresses import read_place
from service.key_rings import KeyRings
from service.recorders import Recorder
from service.sealing import Seal
from service.signing_keys import VERIFYING
from verifiers import device_proof, jose_gate, live_state, visit_code, visit_token
from verifiers.live_state import Judgement, LiveState
from verifiers.policy import Pack, broken_rule
from verifiers.risk import Place, Seen, is_elsewhere
from verifiers.visit_code import ParsedCode

TEAM_WINDOW: Final = timedelta(minutes=15)
ACCEPTED: Final = frozenset(reason for reason in Reason if "place_hint" in shown_for(reason))
"""Reasons with which a code counts as one of the team's: those that show the visitor."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Everything that a check needs, composed once at the start."""

    engine: AsyncEngine
    recorder: Recorder
    keys: KeyRings
    seal: Seal
    clock: Clock
    randomness: Randomness
    issuer: str
    origins: Collection[str]
    pack: Pack
    time_zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as anybody knows: keyed hashes of client and receipt, a shared place."""

    client_hash: bytes | None = None
    receipt_hash: bytes | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands at the door; `photo_key` opens the photo for 15 minutes."""

    name: str
    photo_key: str | None
    badge_number: str | None
    employer: str
    agency: str | None


@dataclass(frozen=True, slots=True)
class ShownVisit:
    """What the answer may say about the visit."""

    starts_at: datetime
    ends_at: datetime
    place_hint: str


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


@dataclass(frozen=True, slots=True)
class _Finding:
    """What a check came to; `scan` only when its facts may be shown."""

    judgement: Judgement
    code: ParsedCode | None = None
    scan: Scan | None = None
    earlier: Sequence[EarlierScan] = ()


async def check_visit_code(gate: Gate, text: str, asker: Asker) -> Answer:
    """Check what a visitor's screen shows; the answer is on record before it is returned.

    The window of a code is judged by this server's clock alone. Raises NotRecordedError: without
    a record there is no answer.

    1. text and origin; 2. reference; 3-7. proof, stored token, live state; 8. record; 9. answer.
    """
    now = gate.clock()
    finding = await _find(gate, text, asker, now)
    # 8, 9
    answer, row = _answer(gate, asker, now, finding)
    await gate.recorder.record(row)
    return answer


async def _find(gate: Gate, text: str, asker: Asker, now: datetime) -> _Finding:
    # 1
    code = visit_code.parse(text, gate.origins)
    if isinstance(code, Refused):
        return _Finding(live_state.unrecognised())
    async with reading(gate.engine) as session:
        # 2
        scan = await find_scan(session, code.ref, ACCEPTED, now - TEAM_WINDOW)
        if scan is None:
            return _Finding(live_state.unrecognised(), code)
        # 3-7
        judgement = await _judge(gate, code, scan, now)
        if first_reason(judgement.reasons) not in ACCEPTED:
            return _Finding(judgement, code)
        earlier = await earlier_scans(session, code.ref, ACCEPTED)
    finding = _Finding(judgement, code, scan, earlier)
    return finding if asker.place is None else _with_place(gate, scan, finding, asker.place, now)


async def _judge(gate: Gate, code: ParsedCode, scan: Scan, now: datetime) -> Judgement:
    device = jose_gate.verifying_key(scan.device_jwk)
    if isinstance(device, Refused) or scan.key_state not in VERIFYING:
        return live_state.unrecognised()
    proven = device_proof.verify(code, device)
    if isinstance(proven, Refused):  # a forgery costs one signature check, not two
        return live_state.unrecognised()
    token = visit_token.verify_stored(scan.token, await gate.keys.ring_with(scan.kid), gate.issuer)
    if isinstance(token, Refused):
        return live_state.unrecognised()
    if (token.jti, token.jkt, token.kid) != (code.jti, proven.jkt, scan.kid):
        return live_state.unrecognised()
    return live_state.judge(token, code.step, _state(gate, scan, now), int(now.timestamp()))


def _state(gate: Gate, scan: Scan, now: datetime) -> LiveState:
    zone = ZoneInfo(scan.time_zone)
    return LiveState(
        staff_id=scan.staff_id,
        visit_id=scan.visit_id,
        staff_status=StaffStatus(scan.staff_status),
        device_status=DeviceStatus(scan.device_status),
        token_revoked=scan.token_revoked_at is not None,
        visit_status=VisitStatus(scan.visit_status),
        agency_in_contract=_in_contract(scan, now.astimezone(gate.time_zone)),
        follows_policy=broken_rule(gate.pack, scan.starts_at, scan.ends_at, zone) is None,
        photo=visit_token.photo_digest(scan.staff_number, scan.staff_name, scan.photo_sha256),
        slot_starts_at=int(scan.starts_at.timestamp()),
        slot_ends_at=int(scan.ends_at.timestamp()),
        team_seen=1 + scan.others_seen,
        team_needed=gate.pack.team.members,
    )


def _in_contract(scan: Scan, now: datetime) -> bool | None:
    if scan.agency_id is None:
        return None
    starts_on, ends_on = scan.contract_starts_on, scan.contract_ends_on
    return starts_on is not None and ends_on is not None and starts_on <= now.date() <= ends_on


def _with_place(gate: Gate, scan: Scan, finding: _Finding, place: Place, now: datetime) -> _Finding:
    seen = [
        Seen(Place(one.latitude, one.longitude), int(one.checked_at.timestamp()))
        for one in finding.earlier
        if one.latitude is not None and one.longitude is not None
    ]
    address = read_place(gate.seal, scan.visit_id, scan.address_sealed)
    elsewhere = is_elsewhere(Seen(place, int(now.timestamp())), seen, address)
    check = Check("place", Outcome.FAIL if elsewhere else Outcome.PASS)
    reasons = finding.judgement.reasons | ({Reason.SEEN_ELSEWHERE} if elsewhere else set())
    return replace(finding, judgement=Judgement(reasons, (*finding.judgement.checks, check)))


def begin_answer(
    gate: Gate, asker: Asker, now: datetime, kind: str, judgement: Judgement
) -> tuple[Answer, Verification]:
    """Return an answer that shows nobody, and the row that must be recorded before it is given."""
    answer = Answer(
        id=f"ve_{jose_gate.encode(gate.randomness(16))}",
        reason=first_reason(judgement.reasons),
        checked_at=now,
        checks=judgement.checks,
    )
    row = Verification(
        id=answer.id,
        checked_at=now,
        kind=kind,
        reason=answer.reason,
        receipt_hash=asker.receipt_hash,
        client_hash=asker.client_hash,
    )
    return answer, row


def _answer(
    gate: Gate, asker: Asker, now: datetime, finding: _Finding
) -> tuple[Answer, Verification]:
    answer, row = begin_answer(gate, asker, now, "visit_code", finding.judgement)
    if finding.code is not None:
        row.ref = finding.code.ref
    if asker.place is not None:
        row.latitude, row.longitude = asker.place.latitude, asker.place.longitude
    if finding.scan is not None:
        answer = _disclose(gate, asker, answer, finding.scan, finding.earlier)
        row.visit_id, row.match_number = finding.scan.visit_id, answer.match_number
        if answer.visitor is not None and answer.visitor.photo_key is not None:
            row.photo_key_hash = sha256(answer.visitor.photo_key.encode()).digest()
            row.photo_sha256 = finding.scan.photo_sha256
    return answer, row


def _disclose(
    gate: Gate, asker: Asker, answer: Answer, scan: Scan, earlier: Sequence[EarlierScan]
) -> Answer:
    others = (one.checked_at for one in earlier if one.client_hash != asker.client_hash)
    return replace(
        answer,
        visitor=Visitor(
            name=scan.staff_name,
            photo_key=jose_gate.encode(gate.randomness(16)) if scan.photo_sha256 else None,
            badge_number=scan.badge_number,
            employer=scan.employer,
            agency=scan.agency_label,
        ),
        visit=ShownVisit(scan.starts_at, scan.ends_at, scan.place_hint),
        match_number=f"{int.from_bytes(gate.randomness(8)) % 100:02}",
        also_checked_at=next(others, None),
    )
