"""The development issuer of access tokens: for demo mode and outside tests, never production.

Its key lies in the data folder, so that the command line makes tokens beside a running server;
a data folder that holds it is refused by production.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from domain.callers import Caller
from domain.randomness import Randomness
from domain.refusals import Refused
from service.secret_files import read_private, write_once
from verifiers import access_token, jose_gate
from verifiers.access_token import Issuer

NAME: Final = "urn:menshen:development"
LIFETIME: Final = timedelta(hours=12)
_FILE: Final = "development-issuer.pem"


def has_key(folder: Path) -> bool:
    """Tell whether a data folder holds a development key."""
    return (folder / _FILE).exists()


@dataclass(frozen=True, slots=True)
class DevelopmentIssuer:
    """Issues and verifies access tokens with a key of its own."""

    issuer: Issuer
    _kid: str
    _private_key: ec.EllipticCurvePrivateKey = field(repr=False)
    _ended: dict[str, int]
    """`jti` of tokens that were ended -> when they expire (Unix s)."""

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Read the data folder's development key, or make it."""
        path = folder / _FILE
        if not path.exists():
            made = ec.generate_private_key(ec.SECP256R1())
            form = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            write_once(path, form)
        private = load_pem_private_key(read_private(path), None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)  # noqa: S101 - we wrote it
        key = jose_gate.verifying_key(jose_gate.public_jwk(private))
        assert not isinstance(key, Refused)  # noqa: S101 - we made it
        ended: dict[str, int] = {}
        issuer = Issuer(NAME, {key.thumbprint: key}, ended)
        return cls(issuer, key.thumbprint, private, ended)

    def end(self, text: str, now: datetime) -> None:
        """Take a token no more from now on, in this process; one that is none needs no end."""
        at = int(now.timestamp())
        found = access_token.verify(text, self.issuer, at)
        if isinstance(found, Refused):
            return
        for old in [one for one, expires_at in self._ended.items() if expires_at <= at]:
            del self._ended[old]
        self._ended[found.id] = found.expires_at

    def issue(
        self,
        caller: Caller,
        now: datetime,
        randomness: Randomness,
        lifetime: timedelta = LIFETIME,
    ) -> str:
        """Return a bearer token for a caller."""
        issued_at = int(now.timestamp())
        claims = {
            "iss": self.issuer.name,
            "aud": access_token.AUDIENCE,
            "sub": caller.subject,
            "roles": sorted(caller.roles),
            "iat": issued_at,
            "exp": issued_at + int(lifetime.total_seconds()),
            "jti": jose_gate.encode(randomness(16)),
        }
        return jose_gate.sign(claims, self._kid, self._private_key, jose_gate.ACCESS_TOKEN)
