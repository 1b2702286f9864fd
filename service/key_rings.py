"""The keys in force, in a running service: another process may change them at any moment."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from domain.refusals import Refused
from service import signing_keys
from service.sealing import Seal
from service.signing_keys import SigningKeys
from verifiers import visit_token
from verifiers.visit_token import VerifiedToken

_REMEMBERED: Final = 1024  # tokens of the visitors who are at doors now


@dataclass(slots=True)
class KeyRings:
    """Keeps the unsealed keys; whether one is still in force is the database's to say, each time.

    A ring may hold a key that was revoked since; callers read its state with their facts.
    """

    engine: AsyncEngine
    seal: Seal
    keys: SigningKeys
    _verified: OrderedDict[bytes, tuple[str, VerifiedToken]] = field(default_factory=OrderedDict)

    async def verify_stored(
        self, ref: bytes, text: str, kid: str, issuer: str
    ) -> VerifiedToken | Refused:
        """Verify a stored token; a door is scanned several times, and the text is compared.

        What a text proves under a key never changes, so that the very same text under the same
        reference need not be verified twice; one that differs in a character is verified anew.
        """
        seen = self._verified.get(ref)
        if seen is not None and seen[0] == text:
            self._verified.move_to_end(ref)
            return seen[1]
        if kid not in self.keys.ring:  # it may have been activated since
            await self.refresh()
        token = visit_token.verify_stored(text, self.keys.ring, issuer)
        if not isinstance(token, Refused):
            self._verified[ref] = (text, token)
            if len(self._verified) > _REMEMBERED:
                self._verified.popitem(last=False)
        return token

    async def refresh(self) -> SigningKeys:
        """Read the keys in force anew, as signing asks for, and return them."""
        self.keys = await signing_keys.load(self.engine, self.seal)
        return self.keys
