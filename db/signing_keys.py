"""Keys that the service holds, each sealed under the key-encryption key."""

from datetime import datetime
from typing import Final

from sqlalchemy import JSON, CheckConstraint, Column, Index, text
from sqlmodel import Field

from db.base import Table, one_of
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
