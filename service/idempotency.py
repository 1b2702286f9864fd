"""Requests that may be repeated: the same key and body get the first answer again, for 24 h."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from sqlmodel.ext.asyncio.session import AsyncSession

from db.remembered import IdempotencyKey, forget_before
from domain.callers import Caller
from domain.errors import InvalidError
from service.sealing import Seal

KEPT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A request that its caller gave a key; `request` is all that it asks for, canonically."""

    seal: Seal
    key_hash: bytes
    request_hash: bytes

    @classmethod
    def of(cls, seal: Seal, caller: Caller, key: str, request: bytes) -> Self:
        """Build from the caller's own key: two callers never meet under one key."""
        key_hash = seal.find(f"{caller.subject}\0{key}", "idempotency.key")
        return cls(seal, key_hash, seal.find(request.hex(), "idempotency.request"))

    async def find(self, session: AsyncSession, now: datetime) -> bytes | None:
        """Return the answer given before, or None; raises InvalidError for another request."""
        await forget_before(session, now - KEPT)
        kept = await session.get(IdempotencyKey, self.key_hash)
        if kept is None:
            return None
        if kept.request_hash != self.request_hash:
            message = "this Idempotency-Key was used for another request"
            raise InvalidError(message)
        return self.seal.unseal(kept.answer_sealed, self._context)

    def keep(self, session: AsyncSession, answer: bytes, now: datetime) -> None:
        """Keep an answer, committed together with what it answers."""
        sealed = self.seal.seal(answer, self._context)
        row = IdempotencyKey(
            key_hash=self.key_hash,
            request_hash=self.request_hash,
            answer_sealed=sealed,
            stored_at=now,
        )
        session.add(row)

    @property
    def _context(self) -> str:
        return f"idempotency.answer {self.key_hash.hex()}"
