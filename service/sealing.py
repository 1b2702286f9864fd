"""Seal data at rest: AES-256-GCM under a key, with the place it belongs to as bound context.

The context (table, column and row) is authenticated, so that a sealed value copied to another
row does not open there. A nonce is 96 random bits: safe for 2^32 values a key (NIST SP 800-38D).
"""

from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.randomness import Randomness

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class UnsealableError(Exception):
    """A sealed value was changed, moved, or sealed under another key."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals and unseals under one key of 32 bytes; `find` makes keyed hashes for look-ups."""

    _cipher: AESGCM = field(repr=False)
    _keyed: HMAC = field(repr=False)
    _randomness: Randomness = field(repr=False)

    @classmethod
    def under(cls, key: bytes, randomness: Randomness) -> Self:
        """Build from a key; sealing and hashing get keys of their own (HKDF, RFC 5869)."""
        if len(key) != KEY_BYTES:
            message = f"a key has {KEY_BYTES} bytes, this one {len(key)}"
            raise ValueError(message)
        sealing, hashing = (
            HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(key)
            for purpose in (b"menshen seal", b"menshen look-up")
        )
        return cls(AESGCM(sealing), HMAC(hashing, SHA256()), randomness)

    def seal(self, plain: bytes, context: str) -> bytes:
        """Return nonce and ciphertext of `plain`, which opens only in the same context."""
        nonce = self._randomness(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """Return the plain bytes; raises UnsealableError for anything not sealed here."""
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, ciphertext, context.encode())
        except (InvalidTag, ValueError) as error:
            raise UnsealableError(context) from error

    def find(self, plain: str, context: str) -> bytes:
        """Return the keyed hash (HMAC-SHA-256) by which a sealed text is looked up."""
        keyed = self._keyed.copy()  # a key is set up once: its set-up costs more than its hash
        keyed.update(f"{context}\0{plain}".encode())
        return keyed.finalize()
