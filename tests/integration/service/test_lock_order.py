"""Reports are locked before cases by everybody, or two acts at once wait for each other."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from db.case_queries import lock_cases
from db.reports import find_report
from db.units_of_work import writing
from domain.callers import Caller, Role
from service import cases
from tests.integration.service.test_linking import case_of
from tests.integration.service.test_report_scores import told
from tests.services import Service

ANALYST = Caller("A-1", frozenset({Role.FRAUD}))
Act = Callable[[Service, str, str], Awaitable[object]]


async def split(service: Service, case_id: str, report_id: str) -> None:
    """Take a report out by hand."""
    await cases.split(service.runtime, ANALYST, case_id, [report_id])


async def pin(service: Service, case_id: str, report_id: str) -> None:
    """Hold a report by hand."""
    await cases.pin(service.runtime, ANALYST, case_id, [report_id], pinned=True)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # the other's writers are alone
@pytest.mark.parametrize("act", [split, pin])
async def test_who_waits_for_a_report_holds_no_cases(service: Service, act: Act) -> None:
    await told(service)
    report_id, _ = await told(service)
    case_id = await case_of(service, report_id)
    assert case_id is not None
    async with asyncio.timeout(20):
        async with writing(service.runtime.engine) as session:
            await find_report(session, report_id, locked=True)
            waiting = asyncio.ensure_future(act(service, case_id, report_id))
            done, _ = await asyncio.wait({waiting}, timeout=0.5)
            assert not done
            await lock_cases(session)  # a deadlock, if the act had them
            await session.rollback()
        await waiting
