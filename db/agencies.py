"""Delegated agencies: who they are and when their contract holds."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.base import Table


class Agency(Table, table=True):
    """An agency; `public_label` is what a neighbour may read, `name` is not."""

    __table_args__ = (
        CheckConstraint("contract_starts_on <= contract_ends_on", "contract_in_order"),
    )

    id: str = Field(primary_key=True, max_length=32)
    name: str = Field(max_length=200)
    public_label: str | None = Field(default=None, max_length=100)
    licence: str = Field(max_length=100)
    contract_starts_on: date
    contract_ends_on: date
    assessed_on: date
    phones: list[str] = Field(sa_column=Column(JSON, nullable=False))
    regions: list[str] = Field(sa_column=Column(JSON, nullable=False))


async def find_in_contract(session: AsyncSession, today: date) -> Sequence[Agency]:
    """Return the agencies whose contract holds today, by name."""
    query = select(Agency).where(
        Agency.contract_starts_on <= today, Agency.contract_ends_on >= today
    )
    return (await session.exec(query.order_by(Agency.name))).all()


async def find_known_ids(session: AsyncSession, agency_ids: Collection[str]) -> Sequence[str]:
    """Return those of these ids that an agency has."""
    return (await session.exec(select(Agency.id).where(col(Agency.id).in_(agency_ids)))).all()


async def list_agencies(session: AsyncSession) -> Sequence[Agency]:
    """Return all agencies, also past ones."""
    return (await session.exec(select(Agency).order_by(Agency.id))).all()
