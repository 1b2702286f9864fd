"""Delegated agencies: kept by the registry, published while their contract holds."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from db.agencies import Agency, find_in_contract
from db.units_of_work import reading, writing
from domain.errors import InvalidError, NotFoundError
from service.runtime import Runtime
from service.watched_registry import of_agency, suspend
from verifiers import jose_gate


@dataclass(frozen=True, slots=True)
class AgencyDraft:
    """What a registry keeper says about an agency; dates are inclusive."""

    name: str
    public_label: str | None
    licence: str
    contract_starts_on: date
    contract_ends_on: date
    assessed_on: date
    phones: list[str]
    regions: list[str]


@dataclass(frozen=True, slots=True)
class PublishedAgency:
    """What everybody may know of an agency that works for us now."""

    name: str
    licence: str
    phones: tuple[str, ...]
    regions: tuple[str, ...]
    contract_starts_on: date
    contract_ends_on: date


async def add_agency(runtime: Runtime, draft: AgencyDraft) -> Agency:
    """Add an agency; raises InvalidError when its dates are out of order."""
    made = Agency(
        id=f"ag_{jose_gate.encode(runtime.randomness(12))}",
        **{name: getattr(draft, name) for name in draft.__slots__},
    )
    _check(made)
    async with writing(runtime.engine) as session:
        session.add(made)
        await suspend(session, runtime.country, of_agency(made), runtime.clock())
        await session.commit()
    return made


async def change_agency(runtime: Runtime, agency_id: str, changes: dict[str, Any]) -> Agency:
    """Change members of an agency; effective at the next scan. Raises NotFoundError."""
    async with writing(runtime.engine) as session:
        agency = await session.get(Agency, agency_id)
        if agency is None:
            message = f"no agency {agency_id}"
            raise NotFoundError(message)
        for name, value in changes.items():
            setattr(agency, name, value)
        _check(agency)
        await suspend(session, runtime.country, of_agency(agency), runtime.clock())
        await session.commit()
    return agency


async def published(runtime: Runtime) -> list[PublishedAgency]:
    """Return the delegated agencies in contract now, by name."""
    today = runtime.clock().astimezone(runtime.time_zone).date()
    async with reading(runtime.engine) as session:
        rows = await find_in_contract(session, today)
    return [
        PublishedAgency(
            row.name,
            row.licence,
            tuple(row.phones),
            tuple(row.regions),
            row.contract_starts_on,
            row.contract_ends_on,
        )
        for row in rows
    ]


def _check(agency: Agency) -> None:
    if agency.contract_starts_on > agency.contract_ends_on:
        message = "the contract ends before it starts"
        raise InvalidError(message)
