"""`GET /v1/fraud/statistics`: counts for charts."""

from typing import Any

import pytest

from domain.callers import Role
from tests.reports import send
from tests.services import Service

PATH = "/v1/fraud/statistics"


async def ask(service: Service, **query: str) -> Any:  # noqa: ANN401 - JSON
    answer = await service.call("GET", PATH, role=Role.AUDITOR, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_reports_are_counted_by_what_they_say(service: Service) -> None:
    await send(service)
    service.wait(days=1)
    await send(service, asked_for=["entry"])
    await send(service, asked_for=["entry", "documents"], place={"text": "somewhere"})
    by_what = await ask(service, by="asked_for")
    assert (by_what["from"], by_what["to"]) == ("2026-08-28", "2026-11-25")
    assert by_what["total"] == 3
    assert by_what["items"] == [
        {"day": None, "value": "entry", "count": 3},
        {"day": None, "value": "cash", "count": 1},
        {"day": None, "value": "documents", "count": 1},
    ]
    assert (await ask(service, by="asked_for", limit="1"))["items"] == by_what["items"][:1]
    assert (await ask(service))["items"] == [
        {"day": "2026-11-24", "value": None, "count": 1},
        {"day": "2026-11-25", "value": None, "count": 2},
    ]
    daily = await ask(service, by="severity", daily="true", **{"from": "2026-11-25"})
    assert daily["items"] == [{"day": "2026-11-25", "value": "medium", "count": 2}]
    assert daily["total"] == 2
    cells = await ask(service, by="cell", to="2026-11-24")
    assert cells["items"] == [{"day": None, "value": "864ba0a4fffffff", "count": 1}]
    assert (await ask(service, by="agency"))["items"] == []


async def test_an_agency_is_counted_once_however_it_is_written(service: Service) -> None:
    for name in (
        "聯合資產管理",
        "聯合資產管理",
        "联合资产管理",
        "聯合資產管理 有限公司",
        "安泰徵信社",
    ):
        await send(service, claimed={"agency": name})
    items = (await ask(service, by="agency"))["items"]
    assert [(one["value"], one["count"]) for one in items] == [
        ("聯合資產管理", 4),
        ("安泰徵信社", 1),
    ]
    assert (await ask(service, by="agency", limit="1"))["items"] == items[:1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": "reporter"},
        {"from": "2026-11-25", "to": "2026-11-24"},
        {"from": "2020-01-01", "to": "2026-11-24"},
        {"to": "0001-01-01", "from": "9999-12-31"},
        {"by": "cell", "daily": "true"},
        {"limit": "0"},
    ],
    ids=str,
)
async def test_what_cannot_be_counted_is_refused(service: Service, wrong: dict[str, str]) -> None:
    refused = await service.call("GET", PATH, role=Role.FRAUD, params=wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
