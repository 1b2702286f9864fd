"""The data key, under which personal data is sealed; itself sealed under the key-encryption key."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.signing_keys import DataKey
from db.units_of_work import writing
from domain.randomness import Randomness
from service.sealed_keys import DATA_KEY, DATA_KEY_CONTEXT, assert_opens
from service.sealing import KEY_BYTES, Seal


async def ensure(engine: AsyncEngine, seal: Seal, randomness: Randomness, now: datetime) -> Seal:
    """Return the seal under the data key, made at the first start.

    Raises UnsealableError when the key-encryption key is another than at the first start.
    """
    async with writing(engine) as session:
        kept = await session.get(DataKey, DATA_KEY)
        if kept is None:
            await assert_opens(session, seal)  # a signing key may have been staged before
            key = randomness(KEY_BYTES)
            made = DataKey(id=DATA_KEY, key_sealed=seal.seal(key, DATA_KEY_CONTEXT), created_at=now)
            session.add(made)
            try:
                await session.commit()
            except IntegrityError:  # another process started at the same moment and made one
                await session.rollback()
                return await ensure(engine, seal, randomness, now)
            kept = made
        return Seal.under(seal.unseal(kept.key_sealed, DATA_KEY_CONTEXT), randomness)
