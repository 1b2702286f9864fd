"""What lies sealed under the key-encryption key, and whether a key is the one it was sealed under.

Whoever sealed anything more under another key would make a database that no key opens.
"""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from db.signing_keys import DataKey, SigningKey, find_keys
from db.units_of_work import reading
from domain.states import KeyState
from service.sealing import Seal, UnsealableError

DATA_KEY: Final = "1"  # one key; a second one means rotation, which brings its own column
DATA_KEY_CONTEXT: Final = f"data_key.key {DATA_KEY}"
_UNREVOKED: Final = (KeyState.PENDING, KeyState.ACTIVE, KeyState.RETIRING)


class UnsealableKeyError(UnsealableError):
    """One signing key does not open, though the key-encryption key is the database's."""

    def __init__(self, kid: str) -> None:
        """Name the key, and the way out."""
        super().__init__(
            f"signing key {kid} was sealed under another key-encryption key; nobody can sign with "
            f"it, and nothing starts before: menshen keys revoke {kid}"
        )


async def are_there(engine: AsyncEngine) -> bool:
    """Tell whether a database has keys, so that it was made with some key-encryption key."""
    async with reading(engine) as session:
        if await session.get(DataKey, DATA_KEY) is not None:
            return True
        return bool(await find_keys(session, tuple(KeyState)))


async def assert_opens(session: AsyncSession, seal: Seal) -> None:
    """Raise UnsealableError when this is not the seal that the database's keys lie under.

    The data key tells. Before the first start there is none: then one signing key that opens is
    enough, since another may have been written under a wrong key.
    """
    data_key = await session.get(DataKey, DATA_KEY)
    if data_key is not None:
        seal.unseal(data_key.key_sealed, DATA_KEY_CONTEXT)
        return
    keys = await find_keys(session, _UNREVOKED)
    if keys and not any(_opens(seal, key) for key in keys):
        raise UnsealableError(signing_key_context(keys[0].kid))


def unseal_signing_key(seal: Seal, key: SigningKey) -> bytes:
    """Return a signing key's private form; raises UnsealableKeyError."""
    try:
        return seal.unseal(key.private_sealed, signing_key_context(key.kid))
    except UnsealableError as error:
        raise UnsealableKeyError(key.kid) from error


def signing_key_context(kid: str) -> str:
    """Return the context that a signing key is sealed in."""
    return f"signing_key.private {kid}"


def _opens(seal: Seal, key: SigningKey) -> bool:
    try:
        unseal_signing_key(seal, key)
    except UnsealableKeyError:
        return False
    return True
