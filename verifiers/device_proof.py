"""The device proof: the enrolled phone's key signed this reference in this half minute (B)."""

from dataclasses import dataclass
from typing import Final

from domain.refusals import Refused
from verifiers.jose_gate import VerifyingKey, encode, verify_bytes
from verifiers.visit_code import ParsedCode

STEP_SECONDS: Final = 30
STEPS_BACK: Final = 2
STEPS_AHEAD: Final = 1
_HEAD: Final = encode(b'{"alg":"ES256","typ":"visit-proof+jwt"}')


@dataclass(frozen=True, slots=True)
class ProvenCode:
    """A code whose proof verified with the device key named `jkt`; its step may be stale."""

    code: ParsedCode
    jkt: str


def step_at(unix_seconds: float) -> int:
    """Return the time step of an instant (seconds since 1970)."""
    return int(unix_seconds // STEP_SECONDS)


def in_window(step: int, now_step: int) -> bool:
    """Tell whether a step is fresh: two back for slow hands, one ahead for a fast clock."""
    return now_step - STEPS_BACK <= step <= now_step + STEPS_AHEAD


def proof_input(jti: str, step: int) -> bytes:
    """Return exactly the bytes that the phone signs; rebuilt here, never parsed from a code."""
    body = f'{{"aud":"visit-verify","jti":"{jti}","t":{step}}}'
    return f"{_HEAD}.{encode(body.encode())}".encode()


def verify(code: ParsedCode, key: VerifyingKey) -> ProvenCode | Refused:
    """Verify the proof with the device key that was enrolled."""
    if not verify_bytes(proof_input(code.jti, code.step), code.signature, key):
        return Refused("proof")
    return ProvenCode(code, key.thumbprint)
