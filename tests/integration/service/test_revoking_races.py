"""What was revoked stays revoked, whoever acts at the same moment."""

import asyncio

import pytest
from sqlmodel import col, update

from db.devices import Device
from db.teams import replace_team
from db.units_of_work import writing
from db.visit_tokens import revoke_tokens_of
from db.visits import Visit
from domain.callers import Role
from domain.states import DeviceStatus, VisitStatus
from tests.services import Door

# The other database lets one writer in at a time.
pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


async def test_no_token_slips_in_while_its_holder_leaves_the_team(door: Door) -> None:
    service, visit_id = door.service, door.visit["id"]
    fetch = f"/v1/visits/{visit_id}/tokens", {"device_id": door.phone.device_id}
    async with asyncio.timeout(20):
        async with writing(service.runtime.engine) as session:
            await session.get(Visit, visit_id, with_for_update=True)  # as whoever moves it
            waiting = asyncio.ensure_future(
                service.call("POST", *fetch, role=Role.STAFF, subject="S-1")
            )
            done, _ = await asyncio.wait({waiting}, timeout=0.5)
            assert not done
            await replace_team(session, visit_id, [])
            await revoke_tokens_of(session, visit_id, service.now)
            await session.commit()
        assert (await waiting).status_code == 404
    assert (await door.scan())["reason"] == "revoked"


async def test_who_approves_a_phone_sees_that_it_was_revoked(door: Door) -> None:
    service, device_id = door.service, door.phone.device_id
    async with asyncio.timeout(20):
        async with writing(service.runtime.engine) as session:
            revoked = update(Device).values(status=DeviceStatus.REVOKED)
            await session.exec(revoked.where(col(Device.id) == device_id))
            path = f"/v1/devices/{device_id}/approve"
            waiting = asyncio.ensure_future(service.call("POST", path, role=Role.REGISTRY))
            done, _ = await asyncio.wait({waiting}, timeout=0.5)
            assert not done
            await session.commit()
        assert (await waiting).status_code == 409
    assert (await door.scan())["reason"] == "revoked"


async def test_a_visit_that_is_being_cancelled_is_not_moved(door: Door) -> None:
    service, visit_id = door.service, door.visit["id"]
    async with asyncio.timeout(20):
        async with writing(service.runtime.engine) as session:
            cancelled = update(Visit).values(status=VisitStatus.CANCELLED)
            await session.exec(cancelled.where(col(Visit.id) == visit_id))
            change = {"ends_at": door.visit["ends_at"]}
            waiting = asyncio.ensure_future(
                service.call("PATCH", f"/v1/visits/{visit_id}", change, role=Role.DISPATCHER)
            )
            done, _ = await asyncio.wait({waiting}, timeout=0.5)
            assert not done
            await session.commit()
        assert (await waiting).status_code == 409
