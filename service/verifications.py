"""Check a visit code at the door: from the scanned text to a recorded answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from db.scans import EarlierScan, Scan
from db.verifications import PROVEN
from domain.disclosure import ACCEPTED, shown_for
from domain.refusals import Refused
from domain.sightings import KIND_OF, SightingKind
from domain.verdicts import Check, Outcome, Reason, first_reason
from service.answers import (
    Answer,
    Asker,
    ShownVisit,
    Subject,
    Told,
    Visitor,
    begin,
    make_match_number,
    make_photo_key,
    record,
)
from service.customers import read_place
from service.live_states import live_state_of
from service.notices import match_notice
from service.own_visits import OwnVisit
from service.runtime import Runtime
from service.sightings import Oddity
from service.signing_keys import VERIFYING
from service.watch_hits import find_reviewed
from verifiers import device_proof, jose_gate, live_state, notice, visit_code, web_addresses
from verifiers.device_proof import ProvenCode
from verifiers.live_state import Judgement
from verifiers.risk import Place, Seen, is_elsewhere
from verifiers.visit_code import ParsedCode

TEAM_WINDOW: Final = timedelta(minutes=15)
_AGAIN: Final = "again"  # proves nothing by itself: a receipt may complete one code for 15 minutes


@dataclass(frozen=True, slots=True)
class _Finding:
    """What a check came to; `scan` only when its facts may be shown.

    Badge number and foreign origin are for the fraud team, whatever the answer shows.
    """

    judgement: Judgement
    ref: bytes | None = None
    scan: Scan | None = None
    own: OwnVisit | None = None
    badge_number: str | None = None
    origin: str | None = None
    url: str | None = None


async def check_visit_code(
    runtime: Runtime, text: str, asker: Asker, arrived_at: datetime | None = None
) -> Answer:
    """Check what a visitor's screen shows; the answer is on record before it is returned.

    The window of a code is judged by this server's clock alone, at `arrived_at` where reading the
    code took time. Raises RateLimitedError, and NotRecordedError: without a record there is no
    answer.

    1. text and origin; 2. reference; 3-7. proof, stored token, live state; 8. record; 9. answer.
    """
    now = runtime.clock()
    # 1
    code = visit_code.parse(text, runtime.origins)
    if isinstance(code, Refused):
        origin = web_addresses.foreign_domain(text, runtime.origins)
        url = None if origin is None else text
        finding = _Finding(live_state.unrecognised(), origin=origin, url=url)
    else:
        # 2-7
        finding = await _find(runtime, code, asker, now, arrived_at)
    if runtime.limits is not None and Reason.UNRECOGNISED in finding.judgement.reasons:
        await runtime.limits.count_failed_code(asker.address)
    # 8, 9
    return await _answer(runtime, finding, asker, now)


async def check_again(runtime: Runtime, ref: bytes, asker: Asker) -> Answer:
    """Check a reference again whose code this browser has just proven, with what it added.

    The code itself is minutes old by then, so all but its proof is judged anew.
    """
    now = runtime.clock()
    return await _answer(runtime, await _find(runtime, ref, asker, now), asker, now, _AGAIN)


async def _find(
    runtime: Runtime,
    code: ParsedCode | bytes,
    asker: Asker,
    now: datetime,
    arrived_at: datetime | None = None,
) -> _Finding:
    ref = code if isinstance(code, bytes) else code.ref
    # 2
    scan = await runtime.scans.find(ref, now - TEAM_WINDOW, asker.client_hash)
    if scan is None:
        return _Finding(live_state.unrecognised(), ref)
    # 3-7
    judgement = await _judge(runtime, code, scan, now, arrived_at or now)
    if first_reason(judgement.reasons) not in ACCEPTED:
        return _Finding(judgement, ref, badge_number=scan.badge_number)
    finding = _Finding(judgement, ref, scan, badge_number=scan.badge_number)
    if asker.place is not None:
        earlier = await runtime.scans.earlier(ref)
        finding = _with_place(runtime, scan, finding, earlier, Seen(asker.place, _seconds(now)))
    if asker.notice_code is not None:
        finding = await _with_notice(runtime, ref, finding, asker.notice_code, now)
    return finding


async def _judge(
    runtime: Runtime, code: ParsedCode | bytes, scan: Scan, now: datetime, arrived_at: datetime
) -> Judgement:
    device = jose_gate.verifying_key(scan.device_jwk)
    if isinstance(device, Refused) or scan.key_state not in VERIFYING:
        return live_state.unrecognised()
    if isinstance(code, bytes):
        step = device_proof.step_at(now.timestamp())
        proven: ProvenCode | Refused = ProvenCode(ParsedCode(code, step, b""), device.thumbprint)
    else:
        proven = device_proof.verify(code, device)
    if isinstance(proven, Refused):  # a forgery costs one signature check, not two
        return live_state.unrecognised()
    token = await runtime.keys.verify_stored(
        proven.code.ref, scan.token, scan.kid, runtime.public_url
    )
    if isinstance(token, Refused):
        return live_state.unrecognised()
    if (token.jti, token.jkt, token.kid) != (proven.code.jti, proven.jkt, scan.kid):
        return live_state.unrecognised()
    state = live_state_of(runtime, scan, now)
    return live_state.judge(token, proven.code.step, state, _seconds(now), _seconds(arrived_at))


def _with_place(
    runtime: Runtime, scan: Scan, finding: _Finding, earlier: Sequence[EarlierScan], here: Seen
) -> _Finding:
    seen = [Seen(Place(one.latitude, one.longitude), _seconds(one.checked_at)) for one in earlier]
    address = read_place(runtime.seal, scan.visit_id, scan.address_sealed)
    elsewhere = is_elsewhere(here, seen, address)
    check = Check("place", Outcome.FAIL if elsewhere else Outcome.PASS)
    reasons = finding.judgement.reasons | ({Reason.SEEN_ELSEWHERE} if elsewhere else set())
    return replace(finding, judgement=Judgement(reasons, (*finding.judgement.checks, check)))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


async def _with_notice(
    runtime: Runtime, ref: bytes, finding: _Finding, code: str, now: datetime
) -> _Finding:
    own = await match_notice(runtime, ref, code, now)
    judgement = notice.add_to(finding.judgement, is_this_visits=own is not None)
    return replace(finding, judgement=judgement, own=own)


async def _answer(
    runtime: Runtime, finding: _Finding, asker: Asker, now: datetime, kind: str = PROVEN
) -> Answer:
    answer = begin(runtime, now, finding.judgement)
    odd = await _oddities(runtime, finding)
    scan = finding.scan
    if scan is None:
        subject = Subject(finding.ref, oddities=odd, told=Told(url=finding.url))
    else:
        subject = Subject(finding.ref, scan.visit_id, scan.staff_id, scan.photo_sha256, odd)
        answer = _disclose(runtime, answer, scan, finding)
    return await record(runtime, asker, answer, kind, subject)


async def _oddities(runtime: Runtime, finding: _Finding) -> tuple[Oddity, ...]:
    reasons, ref, badge_number = finding.judgement.reasons, finding.ref, finding.badge_number
    odd = tuple(
        Oddity(KIND_OF[reason], badge_number)
        for reason in sorted(reasons & KIND_OF.keys() - {Reason.UNDER_REVIEW})
    )
    if ref is not None and Reason.UNDER_REVIEW in reasons:
        odd += await find_reviewed(runtime, ref, badge_number)
    if Reason.UNRECOGNISED in reasons and finding.origin is not None:
        odd += (Oddity(SightingKind.FOREIGN_ORIGIN, origin=finding.origin),)
    if Reason.UNRECOGNISED in reasons and badge_number is not None:
        odd += (Oddity(SightingKind.FORGED_CODE, badge_number),)
    return odd


def _disclose(runtime: Runtime, answer: Answer, scan: Scan, finding: _Finding) -> Answer:
    own = finding.own if "phrase" in shown_for(answer.reason) else None
    visit = ShownVisit(scan.starts_at, scan.ends_at, scan.place_hint)
    if own is not None:
        visit = replace(
            visit,
            purpose=own.purpose,
            phrase=own.phrase,
            team=own.team,
            documents=own.documents,
        )
    return replace(
        answer,
        visitor=Visitor(
            name=scan.staff_name,
            photo_key=make_photo_key(runtime.seal, answer.id) if scan.photo_sha256 else None,
            badge_number=scan.badge_number,
            employer=scan.employer,
            agency=scan.agency_label if own is None else own.agency_name,
        ),
        visit=visit,
        match_number=make_match_number(runtime.seal, answer.id),
        also_checked_at=scan.also_checked_at,
    )
