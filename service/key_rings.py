"""The keys in force, in a running service: another process may change them at any moment."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from service import signing_keys
from service.sealing import Seal
from service.signing_keys import SigningKeys
from verifiers.jose_gate import KeyRing


@dataclass(slots=True)
class KeyRings:
    """Keeps the unsealed keys; whether one is still in force is the database's to say, each time.

    A ring may hold a key that was revoked since; callers read its state with their facts.
    """

    engine: AsyncEngine
    seal: Seal
    keys: SigningKeys

    async def ring_with(self, kid: str) -> KeyRing:
        """Return the ring, read anew when it lacks a key that was activated since."""
        if kid not in self.keys.ring:
            self.keys = await signing_keys.load(self.engine, self.seal)
        return self.keys.ring
