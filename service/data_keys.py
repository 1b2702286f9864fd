"""The data key, under which personal data is sealed; itself sealed under the key-encryption key."""

from datetime import datetime
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.signing_keys import DataKey
from db.units_of_work import writing
from domain.randomness import Randomness
from service.sealing import KEY_BYTES, Seal

_ID: Final = "1"  # one key; a second one means rotation, which brings its own column
_CONTEXT: Final = f"data_key.key {_ID}"


async def ensure(engine: AsyncEngine, seal: Seal, randomness: Randomness, now: datetime) -> Seal:
    """Return the seal under the data key, made at the first start.

    Raises UnsealableError when the key-encryption key is another than at the first start.
    """
    async with writing(engine) as session:
        kept = await session.get(DataKey, _ID)
        if kept is None:
            key = randomness(KEY_BYTES)
            made = DataKey(id=_ID, key_sealed=seal.seal(key, _CONTEXT), created_at=now)
            session.add(made)
            try:
                await session.commit()
            except IntegrityError:  # another process started at the same moment and made one
                await session.rollback()
                return await ensure(engine, seal, randomness, now)
            kept = made
        return Seal.under(seal.unseal(kept.key_sealed, _CONTEXT), randomness)
