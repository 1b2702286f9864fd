"""A file of the registry: compared first, then written whole."""

import asyncio
from datetime import date

import pytest
from sqlmodel import col, select

from db.staff import Badge, Staff
from db.units_of_work import reading, writing
from db.watchlist import WatchlistEntry
from domain.callers import Role
from domain.errors import ConflictError
from domain.states import BadgeStatus, StaffStatus
from service import registry
from service.registry import BadgeDraft, Fault, Registry, RegistryPlan, RegistryRow
from service.staff import StaffDraft, change_badge, open_phone
from service.watched_registry import of_badge, suspend
from tests.services import Door, Service
from tests.watchlist import watch, watched

LAST_DAY = date(2027, 12, 31)


def row(line: int, number: str, badge: str | None = None, **changes: str | None) -> RegistryRow:
    status = StaffStatus(changes.pop("status", None) or "active")
    draft = StaffDraft(number, changes.pop("name", None) or "林志明", "Bank", status, **changes)
    return RegistryRow(line, draft, None if badge is None else BadgeDraft(badge, LAST_DAY))


def kept(service: Service) -> Registry:
    runtime = service.runtime
    return Registry(runtime.engine, runtime.seal, runtime.randomness, runtime.country, service.now)


async def planned(service: Service, *rows: RegistryRow) -> RegistryPlan:
    return await registry.plan(kept(service), rows, lambda _: None)


async def bring_in(service: Service, *rows: RegistryRow) -> tuple[int, int, int]:
    made = await planned(service, *rows)
    await registry.carry_out(kept(service), made, lambda _: None)
    return made.added, made.changed, made.unchanged


async def test_what_a_file_says_is_added_changed_or_left_alone(service: Service) -> None:
    first = [row(2, "S-1", "B-1", phone="0912"), row(3, "S-2"), row(4, "S-3", "B-3")]
    assert await bring_in(service, *first) == (3, 0, 0)
    assert await bring_in(service, *first) == (0, 0, 3)
    changed = [row(2, "S-1", "B-1", phone="0913"), row(3, "S-2", "B-2"), row(4, "S-3")]
    assert await bring_in(service, *changed) == (0, 2, 1)
    later = row(2, "S-3", "B-3", status="left")
    later = RegistryRow(2, later.member, BadgeDraft("B-3", date(2028, 1, 1)))
    assert await bring_in(service, later, row(3, "S-4", name="x")) == (1, 1, 0)
    async with reading(service.runtime.engine) as session:
        staff = (await session.exec(select(Staff).order_by(col(Staff.staff_number)))).all()
        badges = (await session.exec(select(Badge).order_by(col(Badge.number)))).all()
    seal = service.runtime.seal
    assert [one.status for one in staff] == ["active", "active", "left", "active"]
    assert open_phone(seal, staff[0].id, staff[0].phone_sealed) == "0913"
    assert b"0913" not in (staff[0].phone_sealed or b"")
    assert [(one.number, one.staff_id) for one in badges] == [
        ("B-1", staff[0].id),
        ("B-2", staff[1].id),
        ("B-3", staff[2].id),
    ]
    assert badges[2].expires_on == date(2028, 1, 1)


async def test_a_lost_badge_stays_lost(service: Service) -> None:
    await bring_in(service, row(2, "S-1", "B-1"))
    await change_badge(service.runtime, "B-1", BadgeStatus.LOST)
    later = RegistryRow(2, row(2, "S-1").member, BadgeDraft("B-1", date(2030, 1, 1)))
    assert await bring_in(service, later) == (0, 1, 0)
    async with reading(service.runtime.engine) as session:
        assert (await session.exec(select(Badge.status))).one() == "lost"


async def test_everything_wrong_is_told_and_nothing_is_written(service: Service) -> None:
    await bring_in(service, row(2, "S-1", "B-1"), row(3, "S-5"))
    made = await planned(
        service,
        row(2, "S-1", "B-2"),
        row(3, "S-2", "B-1"),
        row(4, "S-3", "B-2"),
        row(5, "S-1"),
        row(6, "S-4", agency_id="ag_none"),
    )
    taken = await planned(service, row(2, "S-5", "B-1"))
    assert taken.faults == [Fault(2, "badge_number: it belongs to another staff member")]
    assert sorted(made.faults) == [
        Fault(3, "badge_number: it belongs to another staff member"),
        Fault(4, "this badge number stands in line 2 already"),
        Fault(5, "this staff number stands in line 2 already"),
        Fault(6, "agency_id: there is no such agency"),
    ]
    with pytest.raises(ValueError, match="never carried out"):
        await registry.carry_out(kept(service), made, lambda _: None)


async def test_what_somebody_added_meanwhile_is_a_conflict(service: Service) -> None:
    made = await planned(service, row(2, "S-8"), row(3, "S-9"))
    await service.add_staff("S-9", "x")
    with pytest.raises(ConflictError):
        await registry.carry_out(kept(service), made, lambda _: None)
    missing = await service.call("GET", "/v1/registry/staff/S-8", role=Role.REGISTRY)
    assert missing.status_code == 404


async def test_threat_8_who_is_suspended_by_a_file_is_refused_at_the_next_scan(door: Door) -> None:
    assert (await door.scan())["reason"] == "authorised"
    await bring_in(door.service, row(2, "S-1", status="suspended"))
    assert (await door.scan())["reason"] == "revoked"


async def test_who_is_watched_and_comes_by_a_file_needs_a_second_person(service: Service) -> None:
    entries = [
        await watched(service, "phone", "0977 000 111"),
        await watched(service, "badge", "b-77"),
        await watched(service, "alias", "林志銘"),
        await watched(service, "badge", "B-78"),
    ]
    planned_only = await planned(service, row(2, "S-1", "B-77", phone="0977000111"))
    await bring_in(service, row(2, "S-1", "B-77", phone="0977000111"), row(3, "S-2", "B-79"))
    async with reading(service.runtime.engine) as session:
        stored = {one.id: one for one in (await session.exec(select(WatchlistEntry))).all()}
    found = [stored[one["id"]] for one in entries]
    assert [one.is_effective for one in found] == [False, False, False, True]
    member = found[0].registry_match or ""
    assert member.startswith("staff st_")
    assert [one.registry_match for one in found] == [member, "badge B-77", member, None]
    assert len(planned_only.changes.watched) == 3


async def test_who_is_watched_since_a_file_was_compared_does_not_come_unseen(
    service: Service,
) -> None:
    await watched(service, "badge", "B-70")
    made = await planned(service, row(2, "S-1", "B-77"))
    await watched(service, "badge", "B-77")
    with pytest.raises(ConflictError, match="watchlist"):
        await registry.carry_out(kept(service), made, lambda _: None)
    missing = await service.call("GET", "/v1/registry/staff/S-1", role=Role.REGISTRY)
    assert missing.status_code == 404


async def test_who_is_watched_while_he_is_registered_needs_a_second_person(door: Door) -> None:
    service, runtime = door.service, door.service.runtime
    await watched(service, "badge", "B-70")  # so that nothing is written of who calls
    async with writing(runtime.engine) as session:
        await suspend(session, runtime.country, [of_badge("B-77")], service.now)
        member = (await session.exec(select(Staff.id))).first() or ""
        status, last = BadgeStatus.ACTIVE, LAST_DAY
        session.add(Badge(number="B-77", staff_id=member, expires_on=last, status=status))
        await session.flush()
        adding = asyncio.ensure_future(watch(service, "badge", "B-77"))
        done, _ = await asyncio.wait({adding}, timeout=0.5)
        assert not done
        await session.commit()
    entry = (await adding).json()
    assert entry["state"] == "awaiting_approval"
    async with reading(runtime.engine) as session:
        found = await session.get(WatchlistEntry, entry["id"])
    assert found is not None
    assert (found.registry_match, found.is_effective) == ("badge B-77", False)
