"""Delegated agencies: who they are and when their contract holds."""

from datetime import date

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field

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
