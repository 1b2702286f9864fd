"""Keys that the service holds, each sealed under the key-encryption key."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import JSON, CheckConstraint, Column, Index, text
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table, one_of
from db.visit_tokens import VisitToken
from domain.states import KeyState

_ACTIVE: Final = text("state = 'active'")  # two processes at a first start make one key


class SigningKey(Table, table=True):
    """An ES256 key; `kid` is its thumbprint, `private_sealed` its sealed PKCS #8 form."""

    __tablename__ = "signing_key"
    __table_args__ = (
        CheckConstraint(one_of("state", KeyState), "state"),
        Index(
            "uq_signing_key_active",
            "state",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
    )

    kid: str = Field(primary_key=True, max_length=43)
    public_jwk: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    private_sealed: bytes
    state: str = Field(max_length=16)
    created_at: datetime
    changed_at: datetime


class DataKey(Table, table=True):
    """A key that seals personal data, itself sealed under the key-encryption key."""

    __tablename__ = "data_key"

    id: str = Field(primary_key=True, max_length=32)
    key_sealed: bytes
    created_at: datetime


async def find_keys(session: AsyncSession, states: Sequence[KeyState]) -> Sequence[SigningKey]:
    """Return the keys in these states, oldest first."""
    query = select(SigningKey).where(col(SigningKey.state).in_(states))
    return (await session.exec(query.order_by(col(SigningKey.created_at)))).all()


async def last_expiry(session: AsyncSession, kid: str) -> datetime | None:
    """Return when the last token that this key signed expires, or None without any."""
    expiries = select(VisitToken.expires_at).where(VisitToken.kid == kid)
    latest_first = expiries.order_by(col(VisitToken.expires_at).desc()).limit(1)
    return (await session.exec(latest_first)).first()
