"""Every check that was ever answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, insert
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import Field

from db.base import Table, one_of
from db.engine import WRITES
from domain.verdicts import Reason


class Verification(Table, table=True):
    """One check and its answer; client and receipt are keyed hashes, places degrees (WGS 84)."""

    __table_args__ = (CheckConstraint(one_of("reason", Reason), "reason"),)

    id: str = Field(primary_key=True, max_length=32)
    checked_at: datetime = Field(index=True)
    kind: str = Field(max_length=16)
    reason: str = Field(max_length=32)
    ref: bytes | None = Field(default=None, index=True)
    visit_id: str | None = Field(default=None, max_length=32)
    match_number: str | None = Field(default=None, max_length=2)
    photo_key_hash: bytes | None = Field(default=None, index=True)
    photo_sha256: str | None = Field(default=None, max_length=64)
    receipt_hash: bytes | None = Field(default=None, index=True)
    client_hash: bytes | None = None
    latitude: float | None = None
    longitude: float | None = None
    shown_at: datetime | None = None


async def insert_all(engine: AsyncEngine, rows: Sequence[dict[str, Any]]) -> None:
    """Commit rows (column -> value) in one transaction with one bulk INSERT."""
    async with engine.execution_options(**{WRITES: True}).begin() as connection:
        await connection.execute(insert(Verification), rows)
