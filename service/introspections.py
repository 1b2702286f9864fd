"""Visit tokens as the bank's other systems ask about them (RFC 7662) or end them (RFC 7009)."""

from typing import Final

from db.scans import Scan
from domain.errors import NotFoundError
from domain.refusals import Refused
from domain.verdicts import Reason
from service.live_states import live_state_of
from service.runtime import Runtime
from service.signing_keys import VERIFYING
from service.verifications import TEAM_WINDOW
from service.visit_tokens import revoke_token
from verifiers import device_proof, jose_gate, live_state, visit_token
from verifiers.visit_token import VerifiedToken

_INACTIVE: Final = {Reason.UNRECOGNISED, Reason.REVOKED, Reason.NOT_AUTHORISED}


async def introspect(runtime: Runtime, text: str) -> VerifiedToken | None:
    """Return what an active visit token says, or None for anything else, without a reason.

    Active is a token of ours, on record, in its times, whose visit may take place now.
    """
    now = runtime.clock()
    seconds = int(now.timestamp())
    keys = await runtime.keys.refresh()
    token = visit_token.verify(text, keys.ring, runtime.public_url, seconds)
    if isinstance(token, Refused):
        return None
    ref = jose_gate.decode(token.jti) or b""
    scan = await runtime.scans.find(ref, now - TEAM_WINDOW, None)
    if scan is None or not _is_on_record(scan, text):
        return None
    step = device_proof.step_at(seconds)
    judgement = live_state.judge(token, step, live_state_of(runtime, scan, now), seconds)
    return token if judgement.reasons.isdisjoint(_INACTIVE) else None


async def revoke(runtime: Runtime, text: str) -> None:
    """Refuse a visit token from the next scan on; what is none of ours needs no refusing."""
    keys = await runtime.keys.refresh()
    token = visit_token.verify_stored(text, keys.ring, runtime.public_url)
    if isinstance(token, Refused):
        return
    try:
        await revoke_token(runtime, token.jti)
    except NotFoundError:  # signed, yet never issued: no scan accepts it anyway
        return


def _is_on_record(scan: Scan, text: str) -> bool:
    return scan.token == text and scan.key_state in VERIFYING
