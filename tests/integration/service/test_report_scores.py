"""A score follows whatever it is made of, in the transaction that changes it."""

import asyncio
from typing import Any

import pytest
from sqlmodel import delete, select

from db.cases import LinkedReport
from db.units_of_work import reading, writing
from db.verifications import Verification
from domain.callers import Role
from domain.signals import Signal
from service import report_scores
from service.linking import link_due
from tests.e2e.http.test_intake import add, patch, sent
from tests.integration.service.test_linking import RING, case_of, standing
from tests.reports import image, queue
from tests.services import Door, Service
from verifiers.scores import SIGNALS

BARE: dict[str, Any] = {"claimed": RING, "contact": None, "asked_for": ["signature"]}
EVIDENCE, CONTACT, IN_CASE, LARGE = (
    Signal.EVIDENCE,
    Signal.CONTACT_LEFT,
    Signal.IN_CASE,
    Signal.IN_LARGE_CASE,
)


async def told(service: Service, *images: bytes, **changes: Any) -> tuple[str, str]:  # noqa: ANN401 - JSON
    """Send a report of another visit, have it linked, and return its id and code."""
    service.wait(hours=1)
    at = service.now.isoformat()
    code = await sent(service, *images, **{**BARE, "occurred_at": at, **changes})
    await link_due(service.runtime)
    (newest, *_) = await queue(service)
    return newest["id"], code


async def repeated(service: Service, *images: bytes, **changes: Any) -> tuple[str, str]:  # noqa: ANN401 - JSON
    """Tell once more what was told last, have it linked, and return the duplicate's id and code."""
    service.wait(minutes=1)
    (first, *_) = await queue(service)
    again = {**BARE, "occurred_at": first["occurred_at"], **changes}
    code = await sent(service, *images, **again)
    await link_due(service.runtime)
    async with reading(service.runtime.engine) as session:
        query = select(LinkedReport.report_id).where(LinkedReport.received_at == service.now)
        (other,) = set((await session.exec(query)).all()) - {first["id"]}
    return other, code


async def signals_of(service: Service, report_id: str) -> set[Signal]:
    """Return a report's signals, whose sum its score is."""
    shown = await standing(service, report_id)
    found = {Signal(one["signal"]) for one in shown["signals"]}
    total = sum(SIGNALS[one].points for one in found)
    assert shown["score"] == min(max(total, 0), 100)
    return found


async def case_score(service: Service, case_id: str | None) -> int:
    found = await service.call("GET", f"/v1/fraud/cases/{case_id}", role=Role.FRAUD)
    score: int = found.json()["score"]
    gravest = max(one["score"] for one in found.json()["reports"])
    assert score == gravest + sum(one["points"] for one in found.json()["signals"])
    return score


async def withdraw(service: Service, code: str) -> None:
    gone = await service.call("POST", f"/v1/reports/{code}/withdraw")
    assert gone.status_code == 200, gone.text


async def test_images_that_are_added_count(service: Service) -> None:
    report_id, code = await told(service)
    assert await signals_of(service, report_id) == set()
    await told(service)
    case_id = await case_of(service, report_id)
    before = await case_score(service, case_id)
    assert (await add(service, code, "He was tall.")).status_code == 201
    assert await signals_of(service, report_id) == {IN_CASE}
    assert (await add(service, code, None, image())).status_code == 201
    assert await signals_of(service, report_id) == {IN_CASE, EVIDENCE}
    assert await case_score(service, case_id) == before + SIGNALS[EVIDENCE].points


async def test_what_repeats_bring_counts_until_it_is_gone(service: Service) -> None:
    first, _ = await told(service)
    other, code = await repeated(service, image())
    assert await signals_of(service, first) == {EVIDENCE}  # and nobody else met the visitor
    separated = await service.call("POST", f"/v1/fraud/reports/{other}/separate", role=Role.FRAUD)
    assert separated.status_code == 200
    assert await case_of(service, other) == await case_of(service, first) is not None
    assert await signals_of(service, first) == {IN_CASE}
    assert await signals_of(service, other) == {IN_CASE, EVIDENCE}
    await withdraw(service, code)
    assert await signals_of(service, first) == set()
    last, _ = await told(service)
    for _ in range(2):
        duplicate, code = await repeated(service)
        assert await signals_of(service, last) == {IN_CASE}
        assert (await add(service, code, None, image())).status_code == 201
        assert await signals_of(service, last) == {IN_CASE, EVIDENCE}
        await withdraw(service, code)
        assert await signals_of(service, last) == {IN_CASE}
        assert Signal.WITHDRAWN in await signals_of(service, duplicate)


async def test_an_heir_counts_what_it_takes_over(service: Service) -> None:
    first, code = await told(service, image())
    heir, _ = await repeated(service)
    third, _ = await repeated(service, contact={"phone": "0933 444 555"})
    assert await signals_of(service, first) == {EVIDENCE, CONTACT}
    assert await signals_of(service, heir) == set()
    await withdraw(service, code)
    assert await signals_of(service, first) == {EVIDENCE, Signal.WITHDRAWN}
    (listed,) = await queue(service)
    assert listed["id"] == heir
    assert await signals_of(service, heir) == {CONTACT}
    assert await signals_of(service, third) == {CONTACT}


async def test_a_repeat_does_not_make_its_case_graver(door: Door) -> None:
    service, answer = door.service, await door.scan()
    asked = {"asked_for": ["password"]}
    first, _ = await told(service, verification_id=answer["id"], **asked)
    other, _ = await repeated(service, **asked)
    assert await signals_of(service, first) == {Signal.SECRET_ASKED, Signal.CHECK_PASSED}
    assert await signals_of(service, other) == {Signal.SECRET_ASKED}
    path = f"/v1/fraud/cases/{await case_of(service, first)}"
    case = (await service.call("GET", path, role=Role.FRAUD)).json()
    assert (case["report_count"], case["score"]) == (2, 5 + SIGNALS[Signal.STILL_ACTIVE].points)


async def test_a_case_that_grows_or_shrinks_counts(service: Service) -> None:
    ids = [(await told(service))[0]]
    for number in range(2, 11):
        ids.append((await told(service))[0])
        found = [await signals_of(service, one) for one in ids]
        assert found == [{IN_CASE} | ({LARGE} if number >= 10 else set())] * number
    case_id = await case_of(service, ids[0])
    path = f"/v1/fraud/cases/{case_id}"
    assert await case_score(service, case_id) >= 30
    new = await service.make(f"{path}/split", {"report_ids": ids[:1]}, Role.FRAUD)
    assert [await signals_of(service, one) for one in ids] == [set(), *[{IN_CASE}] * 9]
    await service.make(f"{path}/merge", {"case_id": new["id"]}, Role.FRAUD)
    assert [await signals_of(service, one) for one in ids] == [{IN_CASE, LARGE}] * 10
    await patch(service, ids[9], kind="misconduct")
    await link_due(service.runtime)
    assert [await signals_of(service, one) for one in ids] == [*[{IN_CASE}] * 9, set()]


async def test_a_withdrawn_report_is_urgent_to_nobody(service: Service) -> None:
    grave, code = await told(service, asked_for=["password"])
    other, _ = await told(service)
    case_id = await case_of(service, grave)
    before = await case_score(service, case_id)
    await withdraw(service, code)
    assert await signals_of(service, grave) == {Signal.SECRET_ASKED, Signal.WITHDRAWN}
    assert (await standing(service, grave))["score"] == 0
    assert await signals_of(service, other) == set()
    assert await case_score(service, case_id) < before
    assert [one["id"] for one in await queue(service, sort="score")] == [other, grave]
    assert (await patch(service, grave, status="triaged")).status_code == 200
    assert await signals_of(service, grave) == {Signal.SECRET_ASKED, IN_CASE}
    assert await signals_of(service, other) == {IN_CASE}
    assert await case_score(service, case_id) == before


async def test_a_dismissed_report_counts_no_more_until_it_is_opened_again(
    service: Service,
) -> None:
    grave, _ = await told(service, asked_for=["password"])
    other, _ = await told(service)
    repeat, _ = await repeated(service)
    case_id = await case_of(service, grave)
    before = await case_score(service, case_id)
    for analyst in ("A-1", "A-2"):
        await patch(service, grave, analyst, status="dismissed")
    assert await signals_of(service, grave) == {Signal.SECRET_ASKED, Signal.DISMISSED}
    assert (await standing(service, grave))["score"] == 0
    assert await signals_of(service, other) == await signals_of(service, repeat) == set()
    assert await case_score(service, case_id) < before
    await patch(service, grave, "A-1", status="triaged")
    assert await signals_of(service, grave) == {Signal.SECRET_ASKED, IN_CASE}
    assert await case_score(service, case_id) == before


@pytest.mark.parametrize("approves", ["PATCH", "POST"])
async def test_a_team_that_withdraws_a_report_withdraws_its_repeats(
    service: Service, approves: str
) -> None:
    first, _ = await told(service)
    other, _ = await repeated(service)
    path = f"/v1/fraud/reports/{first}" + ("/close-approvals" if approves == "POST" else "")
    await patch(service, first, "A-1", status="withdrawn")
    assert await signals_of(service, first) == set()
    body = {"status": "withdrawn"}
    done = await service.call(approves, path, body, role=Role.FRAUD, subject="A-2")
    assert done.json()["standing"]["score"] == 0
    for report_id in (first, other):
        assert await signals_of(service, report_id) == {Signal.WITHDRAWN}


async def test_what_a_check_said_outlives_its_record(service: Service) -> None:
    check = await service.verify(badge_number="X-99", name="王大明")
    report_id, code = await told(service, verification_id=check["id"])
    assert await signals_of(service, report_id) == {Signal.CHECK_FAILED}
    async with writing(service.runtime.engine) as session:
        await session.exec(delete(Verification))
        await session.commit()
    assert (await add(service, code, None, image())).status_code == 201
    assert await signals_of(service, report_id) == {Signal.CHECK_FAILED, EVIDENCE}


async def test_a_score_changes_with_its_cause_or_not_at_all(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id, code = await told(service)

    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(report_scores, "follow", fail)
        assert (await add(service, code, None, image())).status_code == 500
        gone = await service.call("POST", f"/v1/reports/{code}/withdraw")
        assert gone.status_code == 500
    (report,) = await queue(service)
    assert (report["id"], report["evidence_count"], report["status"]) == (report_id, 0, "new")


async def test_an_image_that_meets_the_linker_is_counted(service: Service) -> None:
    await told(service)
    for _ in range(5):
        service.wait(hours=1)
        code = await sent(service, **{**BARE, "occurred_at": service.now.isoformat()})
        added, _ = await asyncio.gather(
            add(service, code, None, image()), link_due(service.runtime)
        )
        assert added.status_code == 201
        (newest, *_) = await queue(service)
        assert await signals_of(service, newest["id"]) == {IN_CASE, EVIDENCE}
