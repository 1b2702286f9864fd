"""Exports of a whole database: complete, in order, bounded, on record, and judged by others."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pymisp import MISPEvent, MISPObject
from sqlmodel import select

from db.fraud_exports import FraudExport
from db.units_of_work import reading
from domain.exports import ExportFormat, Tlp
from domain.reports import ReportKind, ReportStatus
from service import fraud_exports, looks, misp_events
from service.report_lists import ReportFilters
from tests.exports import (
    ANALYST,
    BARE,
    FULL,
    HOSTILE,
    add,
    export,
    read_csv,
    read_misp,
    read_stix,
    spread,
)
from tests.services import Service
from tests.stix_judge import judge

CSV, STIX, MISP = ExportFormat


async def recorded(service: Service) -> list[FraudExport]:
    async with reading(service.runtime.engine) as session:
        return list((await session.exec(select(FraudExport))).all())


@pytest.fixture
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fraud_exports, "_PAGE", 3)


@pytest.mark.usefixtures("_small_pages")
async def test_every_report_is_there_once_in_the_lists_order(service: Service) -> None:
    ids: list[str] = []
    for more in (0, 1, 2, 4):  # 0, 1, 3 and 7 in pages of 3
        service.wait(hours=1)
        ids = [*reversed(await add(service, [BARE] * more)), *ids]
        assert [row["id"] for row in read_csv(await export(service, CSV))] == ids
        incidents = read_stix(await export(service, STIX), "incident")
        assert [one["external_references"][0]["external_id"] for one in incidents] == ids
        events = read_misp(await export(service, MISP))
        assert [one["Event"]["info"].rpartition(" ")[2] for one in events] == ids


@pytest.mark.usefixtures("_small_pages")
async def test_pages_stay_whole_while_reports_come_and_change(service: Service) -> None:
    ids = await add(service, [BARE] * 7)
    begun = await fraud_exports.begin(service.runtime, ANALYST, ReportFilters(), CSV, Tlp.AMBER)
    text = b""
    async for chunk in fraud_exports.write(service.runtime, begun):
        text += chunk.content
        if chunk.reports:
            service.wait(minutes=10)
            await add(service, [BARE])  # newer than all that is still to come
    assert [row["id"] for row in read_csv(text)] == ids[::-1]


@pytest.mark.usefixtures("_small_pages")
@pytest.mark.parametrize("looked", [False, True])
async def test_who_looks_meanwhile_cuts_nothing_short(service: Service, *, looked: bool) -> None:
    ids = await add(service, [BARE] * 7)
    if looked:
        await looks.look(service.runtime, ANALYST, service.now.replace(year=2020))
    service.wait(days=1)
    filters = ReportFilters(since="last")
    begun = await fraud_exports.begin(service.runtime, ANALYST, filters, CSV, Tlp.AMBER)
    text = b""
    async for chunk in fraud_exports.write(service.runtime, begun):
        text += chunk.content
        if chunk.reports == 3:
            await looks.look(service.runtime, ANALYST)
    assert [row["id"] for row in read_csv(text)] == ids[::-1]
    (row,) = await recorded(service)
    assert (row.filters["since"], row.reports) == ("last", 7)


async def test_filters_choose_and_are_on_record(service: Service) -> None:
    await add(service, [BARE, FULL, FULL])
    filters = ReportFilters(phone="0912-345-678", first_day=date(2026, 11, 1))
    assert len(read_csv(await export(service, CSV, Tlp.GREEN, filters))) == 2
    (row,) = await recorded(service)
    assert (row.actor, row.format, row.tlp, row.reports) == ("F-1", "csv", "green", 2)
    assert row.filters == {"phone": "0912-345-678", "first_day": "2026-11-01"}
    assert row.finished_at == service.now


@pytest.mark.usefixtures("_small_pages")
async def test_it_is_on_record_before_the_first_byte_and_counts_what_left(
    service: Service,
) -> None:
    await add(service, [BARE] * 7)
    begun = await fraud_exports.begin(service.runtime, ANALYST, ReportFilters(), CSV, Tlp.RED)
    assert [one.reports for one in await recorded(service)] == [0]
    chunks = fraud_exports.write(service.runtime, begun)
    out = [await anext(chunks) for _ in range(3)]
    await chunks.aclose()  # type: ignore[attr-defined] # the reader hangs up
    (row,) = await recorded(service)
    assert (row.reports, row.finished_at) == (out[-1].reports, None) == (6, None)


async def collect(service: Service, begun: fraud_exports.Export, left: list[bytes]) -> None:
    async for chunk in fraud_exports.write(service.runtime, begun):
        left += [chunk.content]


@pytest.mark.usefixtures("_small_pages")
async def test_what_is_cut_off_does_not_look_complete(service: Service) -> None:
    await add(service, [FULL], asked_for=["nonsense"])  # a row of some later version
    service.wait(hours=1)
    await add(service, [FULL] * 4)
    for kind in ExportFormat:
        begun = await fraud_exports.begin(service.runtime, ANALYST, ReportFilters(), kind, Tlp.RED)
        left: list[bytes] = []
        with pytest.raises(ValueError, match="nonsense"):
            await collect(service, begun, left)
        text = b"".join(left)
        assert len(left) == 2
        with pytest.raises((json.JSONDecodeError, AssertionError)):
            read_csv(text) if kind is CSV else json.loads(text)
    assert {(one.reports, one.finished_at) for one in await recorded(service)} == {(3, None)}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is judged is no query's work
async def test_the_stix_validator_accepts_every_export(service: Service, tmp_path: Path) -> None:
    bundles = {"empty": await export(service, STIX)}
    for status in (ReportStatus.NEW, ReportStatus.CONFIRMED, ReportStatus.DISMISSED):
        await add(service, [FULL, BARE], status=status)
    await add(service, [FULL], kind=ReportKind.MISCONDUCT)
    bundles |= {tlp: await export(service, STIX, tlp) for tlp in Tlp}
    await add(service, spread(HOSTILE), status=ReportStatus.CONFIRMED)
    bundles["hostile"] = await export(service, STIX, Tlp.RED, ReportFilters(q="\u0001\u007f"))
    judge(tmp_path, bundles)
    assert len(read_stix(bundles["hostile"], "threat-actor")) == len(spread(HOSTILE))


async def test_stix_says_what_the_report_says(service: Service) -> None:
    await add(service, [FULL], status=ReportStatus.CONFIRMED)
    bundle = await export(service, STIX, Tlp.AMBER)
    (incident,) = read_stix(bundle, "incident")
    (facts,) = incident["extensions"].values()
    assert facts["phone"] == "+886912345678"
    assert facts["plate"] == "ABC-1234"
    assert [one["external_id"] for one in incident["external_references"][1:]] == [
        "F1032",
        "F1029",
        "T1598",
        "F1047",
        "F1020.001",
        "F1020.002",
    ]
    (place,) = read_stix(bundle, "location")
    assert (place["latitude"], place["longitude"], place["precision"]) == (25.03, 121.57, 1000)
    assert "[x-menshen-visitor:phone = '+886912345678']" in {
        one["pattern"] for one in read_stix(bundle, "indicator")
    }
    links = {one["relationship_type"] for one in read_stix(bundle, "relationship")}
    assert links == {"related-to", "indicates", "uses", "impersonates"}
    ids = {one["id"] for one in json.loads(bundle)["objects"]}
    (grouping,) = read_stix(bundle, "grouping")
    assert set(grouping["object_refs"]) <= ids


async def test_ids_are_the_same_again_but_not_at_another_level(service: Service) -> None:
    await add(service, [FULL])

    async def ids(tlp: Tlp) -> set[str]:
        service.wait(seconds=1)
        bundle = await export(service, STIX, tlp)
        common = ("bundle", "marking-definition", "extension-definition")
        return {one["id"] for one in json.loads(bundle)["objects"] if one["type"] not in common} - {
            "identity--8a6a9a43-0f39-4b7e-8c55-1c5d5fd0b0c7"
        }

    assert await ids(Tlp.AMBER) == await ids(Tlp.AMBER)
    assert not await ids(Tlp.AMBER) & await ids(Tlp.GREEN)


@pytest.mark.parametrize("status", [ReportStatus.DISMISSED, ReportStatus.WITHDRAWN])
async def test_what_was_let_go_is_revoked(service: Service, status: ReportStatus) -> None:
    await add(service, [FULL], status=status)
    indicators = read_stix(await export(service, STIX), "indicator")
    assert {one.get("revoked") for one in indicators} == {True}
    (event,) = read_misp(await export(service, MISP))
    watched = [
        attribute
        for one in event["Event"]["Object"]
        if one["name"] in {"phone", "vehicle", "person", "url"}
        for attribute in one["Attribute"]
    ]
    assert {(one["deleted"], one["to_ids"]) for one in watched} == {(True, False)}


async def test_pymisp_loads_every_event(service: Service) -> None:
    assert read_misp(await export(service, MISP)) == []
    for status in ReportStatus:
        await add(service, [FULL, BARE], status=status)
    await add(service, [FULL], kind=ReportKind.MISCONDUCT)
    await add(service, spread(HOSTILE))
    for tlp in Tlp:
        events = read_misp(await export(service, MISP, tlp))
        assert len(events) == 20
        for one in events:
            loaded = MISPEvent(strict_validation=True)
            loaded.load(json.dumps(one))
            assert f"tlp:{tlp}" in {tag.name for tag in loaded.tags}
            assert loaded.uuid == one["Event"]["uuid"]
            for written in one["Event"]["Object"]:
                check_template(written)


def check_template(written: dict[str, Any]) -> None:
    """Build the object anew from PyMISP's own template, which knows every relation and type."""
    made = MISPObject(written["name"], strict=True)
    assert made.template_uuid == written["template_uuid"]
    assert str(made.template_version) == written["template_version"]
    for attribute in written["Attribute"]:
        added = made.add_attribute(attribute["object_relation"], attribute["value"])
        assert added is not None
        assert added.type == attribute["type"]
    made.to_json(strict=True)  # what the template requires is there


def test_every_template_is_one_of_misps() -> None:
    for template in misp_events.TEMPLATES:
        assert MISPObject(template.name, strict=True)._definition is not None  # noqa: SLF001 - no other way
