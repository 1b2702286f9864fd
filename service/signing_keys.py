"""The service's ES256 signing keys and the states they go through (token format, F).

pending (published, unused, 24 h) -> active -> retiring (verifies only) -> removed; or revoked.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from db.signing_keys import SigningKey, find_keys, last_expiry
from db.units_of_work import reading, writing
from domain.errors import ConflictError, NotFoundError
from domain.refusals import Refused
from domain.states import KeyState
from service import sealed_keys
from service.sealing import Seal
from verifiers.jose_gate import (
    KeyRing,
    VerifyingKey,
    public_jwk,
    thumbprint,
    verifying_key,
)

PUBLISHED_AHEAD: Final = timedelta(hours=24)
KEPT_AFTER_EXPIRY: Final = timedelta(hours=24)
VERIFYING: Final = (KeyState.ACTIVE, KeyState.RETIRING)
_PUBLISHED: Final = (KeyState.PENDING, KeyState.ACTIVE, KeyState.RETIRING)


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """What the running service holds: the keys that verify, and the one that signs, if any."""

    ring: KeyRing
    kid: str | None = None
    private_key: ec.EllipticCurvePrivateKey | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A key as an operator sees it; times in UTC."""

    kid: str
    state: KeyState
    created_at: datetime
    changed_at: datetime


async def list_keys(engine: AsyncEngine) -> list[KeyEntry]:
    """Return every key, oldest first."""
    async with reading(engine) as session:
        rows = await find_keys(session, tuple(KeyState))
    return [KeyEntry(row.kid, KeyState(row.state), row.created_at, row.changed_at) for row in rows]


async def ensure_active(engine: AsyncEngine, seal: Seal, now: datetime) -> None:
    """Make and activate a key when there has never been one, as at the first start.

    A database with keys but none active is left alone: an operator revoked it and must choose.
    Raises UnsealableError when the key-encryption key is another.
    """
    async with writing(engine) as session:
        if await find_keys(session, tuple(KeyState)):
            return
        await sealed_keys.assert_opens(session, seal)
        session.add(_make(seal, KeyState.ACTIVE, now))
        try:
            await session.commit()
        except IntegrityError:  # another process started at the same moment and made one
            await session.rollback()


async def stage(engine: AsyncEngine, seal: Seal, now: datetime) -> str:
    """Make a pending key, published from now on, and return its kid.

    Raises UnsealableError when the key-encryption key is another: nobody could open the new one.
    """
    async with writing(engine) as session:
        await sealed_keys.assert_opens(session, seal)
        made = _make(seal, KeyState.PENDING, now)
        session.add(made)
        await session.commit()
    return made.kid


async def activate(engine: AsyncEngine, seal: Seal, kid: str, now: datetime) -> None:
    """Sign with a pending key from now on; the one that signed before is retiring.

    Raises ConflictError for a key published less than 24 h ago, which readers may not know yet,
    unless no key is active: after an emergency nothing can be signed at all. Raises UnsealableError
    for a key that this seal does not open: every start would fail.
    """
    async with writing(engine) as session:
        key = await _find(session, kid, KeyState.PENDING)
        await sealed_keys.assert_opens(session, seal)
        _open(seal, key)
        for active in await find_keys(session, (KeyState.ACTIVE,)):  # at most one
            if now < key.created_at + PUBLISHED_AHEAD:
                message = f"{kid} may sign from {key.created_at + PUBLISHED_AHEAD:%F %T} UTC on"
                raise ConflictError(message)
            _change(active, KeyState.RETIRING, now)
            await session.flush()  # there is at most one active key at any moment
        _change(key, KeyState.ACTIVE, now)
        await session.commit()


async def retire(engine: AsyncEngine, kid: str, now: datetime) -> None:
    """Remove a retiring key once no token of its time can be shown any more.

    Raises ConflictError until 24 h after the last of them expired.
    """
    async with writing(engine) as session:
        key = await _find(session, kid, KeyState.RETIRING)
        last = await last_expiry(session, key.kid)
        if last is not None and now < last + KEPT_AFTER_EXPIRY:
            message = f"{kid} is needed until {last + KEPT_AFTER_EXPIRY:%F %T} UTC"
            raise ConflictError(message)
        await session.delete(key)
        await session.commit()


async def revoke(engine: AsyncEngine, kid: str, now: datetime) -> None:
    """Refuse every token of this key from the next scan on; it is published no more."""
    async with writing(engine) as session:
        _change(await _find(session, kid, *_PUBLISHED), KeyState.REVOKED, now)
        await session.commit()


async def load(engine: AsyncEngine, seal: Seal) -> SigningKeys:
    """Return the keys in force; raises UnsealableKeyError for one that this seal does not open."""
    async with reading(engine) as session:
        rows = await find_keys(session, VERIFYING)
    # The ring comes from what only we can seal: a public key that someone wrote into the
    # database, even under its own thumbprint, never verifies anything.
    privates = {row.kid: _open(seal, row) for row in rows}
    ring = {kid: _public(private) for kid, private in privates.items()}
    active = next((row.kid for row in rows if row.state == KeyState.ACTIVE), None)
    return SigningKeys(ring, active, privates[active] if active else None)


async def published(engine: AsyncEngine) -> dict[str, list[dict[str, str]]]:
    """Return the JWK set (RFC 7517, section 5): public members of the keys not revoked."""
    async with reading(engine) as session:
        rows = await find_keys(session, _PUBLISHED)
    return {
        "keys": [
            {name: row.public_jwk[name] for name in ("kty", "crv", "x", "y")}
            | {"kid": row.kid, "alg": "ES256", "use": "sig"}
            for row in rows
        ],
    }


def _make(seal: Seal, state: KeyState, now: datetime) -> SigningKey:
    private = ec.generate_private_key(ec.SECP256R1())
    public = public_jwk(private)
    kid = thumbprint(public)
    form = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey(
        kid=kid,
        public_jwk=public,
        private_sealed=seal.seal(form, sealed_keys.signing_key_context(kid)),
        state=state,
        created_at=now,
        changed_at=now,
    )


def _open(seal: Seal, row: SigningKey) -> ec.EllipticCurvePrivateKey:
    private = load_der_private_key(sealed_keys.unseal_signing_key(seal, row), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)  # noqa: S101 - we sealed it ourselves
    return private


def _public(private: ec.EllipticCurvePrivateKey) -> VerifyingKey:
    key = verifying_key(public_jwk(private))
    assert not isinstance(key, Refused)  # noqa: S101 - we made it ourselves
    return key


def _change(key: SigningKey, state: KeyState, now: datetime) -> None:
    key.state, key.changed_at = state, now


async def _find(session: AsyncSession, kid: str, *states: KeyState) -> SigningKey:
    key = await session.get(SigningKey, kid)
    if key is None:
        message = f"no key {kid}"
        raise NotFoundError(message)
    if key.state not in states:
        message = f"{kid} is {key.state}, not {' or '.join(states)}"
        raise ConflictError(message)
    return key
