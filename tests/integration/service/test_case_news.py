"""Other systems hear of every change of a case, by its ids, with the change or not at all."""

import json
from typing import Any

import pytest

from domain.callers import Caller, Role
from domain.cases import CLOSED, CaseEventKind
from domain.webhooks import WebhookEvent
from service import case_changes, merges
from service.linking import link_due
from tests.integration.service.test_linking import RING, case_of, told
from tests.reports import REPORT, queue
from tests.services import Service
from tests.webhooks import listen, outbox_of

OPENED, JOINED, LEFT, MERGED, SPLIT, PINNED, UNPINNED = CaseEventKind
Heard = tuple[str, str, list[str], str | None]


@pytest.fixture(autouse=True)
async def listener(service: Service) -> None:
    await listen(service.runtime, WebhookEvent.CASE_CHANGED)


async def messages(service: Service) -> list[dict[str, Any]]:
    return await outbox_of(service.runtime)


async def heard(service: Service, before: int) -> list[Heard]:
    """Return what was told since there were so many messages, in the order of kinds."""
    found = (await messages(service))[before:]
    assert {one["type"] for one in found} == {"case.changed"}
    assert all(
        one["data"].keys() == {"case_id", "change", "report_ids", "other_case_id"} for one in found
    )
    told_of = [one["data"] for one in found]
    return sorted(
        (one["change"], one["case_id"], sorted(one["report_ids"]), one["other_case_id"])
        for one in told_of
    )


async def act(service: Service, changed: str, what: str, **body: object) -> Any:  # noqa: ANN401 - JSON
    """Change a case by hand, a little later."""
    service.wait(minutes=1)
    return await service.make(f"/v1/fraud/cases/{changed}/{what}", body, Role.FRAUD, "A-1")


async def test_what_the_linker_does_is_told_by_ids_alone(service: Service) -> None:
    first = await told(service, RING)
    assert await messages(service) == []
    second = await told(service, RING)
    case_id = str(await case_of(service, second))
    assert await heard(service, 0) == [
        (JOINED, case_id, [second], None),
        (OPENED, case_id, [first], None),
    ]
    changed = {"kind": "misconduct"}
    await service.call("PATCH", f"/v1/fraud/reports/{first}", changed, role=Role.FRAUD)
    await link_due(service.runtime)
    assert await heard(service, 2) == [(LEFT, case_id, [first], None)]
    said = json.dumps(await messages(service), ensure_ascii=False)
    for private in (*RING.values(), "tester", "A-1", "Harbour Road", "Reporter Lee"):
        assert private not in said


async def test_what_people_do_is_told(service: Service) -> None:
    ids = sorted([await told(service, RING) for _ in range(3)])
    case_id = str(await case_of(service, ids[0]))
    before = len(await messages(service))
    new = (await act(service, case_id, "split", report_ids=ids[:1]))["id"]
    assert await heard(service, before) == [
        (OPENED, new, ids[:1], None),
        (SPLIT, case_id, ids[:1], new),
    ]
    before += 2
    await act(service, case_id, "pin", report_ids=ids[:2])
    assert await heard(service, before) == [
        (CLOSED, new, [], None),
        (LEFT, new, ids[:1], case_id),
        (PINNED, case_id, ids[:2], None),
    ]
    before += 3
    await act(service, case_id, "pin", report_ids=ids[1:2], pinned=False)
    assert await heard(service, before) == [(UNPINNED, case_id, ids[1:2], None)]
    before += 1
    new = (await act(service, case_id, "split", report_ids=ids[:1]))["id"]
    before += 2
    await act(service, case_id, "merge", case_id=new)
    assert await heard(service, before) == [
        (CLOSED, new, [], case_id),
        (MERGED, case_id, ids[:1], new),
    ]
    before += 2
    service.wait(minutes=1)
    back = Caller("A-1", frozenset({Role.FRAUD}))
    await merges.take_back(service.runtime, back, case_id, new)
    assert await heard(service, before) == [
        (OPENED, new, ids[:1], None),
        (SPLIT, case_id, ids[:1], new),
    ]


async def test_a_change_that_fails_is_told_to_nobody(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await told(service, RING)

    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(case_changes, "measure", fail)
        again = {**REPORT, "claimed": RING, "occurred_at": service.now.isoformat()}
        await service.make("/v1/reports", again, Role.DESK)
        await link_due(service.runtime)
    assert await case_of(service, first) is None
    assert await messages(service) == []
    service.wait(hours=1)
    await link_due(service.runtime)  # mended: it was only put off
    case_id = str(await case_of(service, first))
    (second,) = {one["id"] for one in await queue(service)} - {first}
    assert await heard(service, 0) == [
        (JOINED, case_id, [second], None),
        (OPENED, case_id, [first], None),
    ]
