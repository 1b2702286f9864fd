"""Attacks by and on exports: formulas, broken frames, and what must not leave (row 23)."""

import csv
import json
import re

import pytest

from domain.callers import Role
from domain.exports import ExportFormat, Tlp
from domain.reports import ReportKind
from tests.exports import (
    BARE,
    FORMULAS,
    FULL,
    HOSTILE,
    add,
    export,
    read_csv,
    read_misp,
    read_stix,
    spread,
)
from tests.reports import send
from tests.services import Service

START = tuple("=+-@|%\t\r\n\uff1d\uff0b\uff0d\uff20")
SEALED = ("SECRET-ADDRESS", "SECRET-NAME", "0933 000", "933000111", "secret@example.org")
NAMES = {"claimed_name": "王大明", "payee": "013-555666", "words": "SECRET-WORDS"}


async def test_a_csv_of_hostile_cells_is_inert(service: Service) -> None:
    """As the intake keeps them, and raw as another version might have kept them."""
    await add(service, spread(HOSTILE))
    for text in FORMULAS:
        raw = dict.fromkeys(("claimed_name", "plate", "payee", "url", "description"), text)
        await add(service, [BARE], **raw)
    content = await export(service, ExportFormat.CSV, Tlp.RED)
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines.pop() == ""
    rows = list(csv.reader(lines, strict=True))
    assert len(rows) == len(lines) == 2 + len(FORMULAS) + len(spread(HOSTILE))
    assert {len(row) for row in rows} == {len(rows[0])}
    for row in rows[1:]:
        for cell in row:
            seen = cell.strip().lstrip("\u200b\ufeff")
            assert not seen.startswith(START), cell
            assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", cell), cell
    assert len(read_csv(content)) == len(rows) - 2


async def test_no_text_breaks_out_of_its_place(service: Service) -> None:
    await add(service, spread(HOSTILE))
    bundle = await export(service, ExportFormat.STIX, Tlp.RED)
    assert len(read_stix(bundle, "incident")) == len(spread(HOSTILE))
    texts = [one["pattern"] for one in read_stix(bundle, "indicator")]
    whole = re.compile(r"\[[\w:-]+ = '(?:[^'\\]|\\'|\\\\)*'\]")
    assert [one for one in texts if not whole.fullmatch(one)] == []
    events = read_misp(await export(service, ExportFormat.MISP, Tlp.RED))
    assert len(events) == len(spread(HOSTILE))


@pytest.mark.parametrize("kind", ExportFormat)
async def test_contact_and_address_never_leave(service: Service, kind: ExportFormat) -> None:
    place = {"text": "SECRET-ADDRESS", "latitude": 25.034567, "longitude": 121.567891}
    contact = {"name": "SECRET-NAME", "phone": "0933 000 111", "email": "secret@example.org"}
    sent = await send(service, place=place, contact=contact)
    code = sent.json()["tracking_code"]
    for tlp in Tlp:
        text = (await export(service, kind, tlp)).decode()
        assert "rp_" in text
        for secret in (*SEALED, code, code.replace("-", ""), "25.034", "121.567"):
            assert secret not in text


@pytest.mark.parametrize("kind", ExportFormat)
async def test_a_level_carries_what_the_table_says_and_no_more(
    service: Service, kind: ExportFormat
) -> None:
    await add(service, [FULL])
    said = {}
    for tlp in Tlp:
        text = json.dumps((await export(service, kind, tlp)).decode(), ensure_ascii=False)
        said[tlp] = {name for name, value in NAMES.items() if value in text}
        assert "ABC-1234" in text
        assert "886912345678" in text
    assert said == {
        Tlp.CLEAR: set(),
        Tlp.GREEN: set(),
        Tlp.AMBER: {"claimed_name", "payee"},
        Tlp.AMBER_STRICT: set(NAMES),
        Tlp.RED: set(NAMES),
    }


@pytest.mark.parametrize("kind", ExportFormat)
async def test_who_of_our_own_people_misbehaved_stays_inside(
    service: Service, kind: ExportFormat
) -> None:
    await add(service, [FULL], kind=ReportKind.MISCONDUCT)
    told = ("王大明", "ABC-1234", "HB-77", "886912345678", "harb0ur")
    for tlp in (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER):
        text = (await export(service, kind, tlp)).decode()
        assert "misconduct" in text
        assert [one for one in told if one in text] == []
    assert "ABC-1234" in (await export(service, kind, Tlp.AMBER_STRICT)).decode()


async def test_only_the_fraud_team_exports(service: Service) -> None:
    for path in ("export.csv", "export.stix.json", "export.misp.json"):
        for role in set(Role) - {Role.FRAUD}:
            refused = await service.call("GET", f"/v1/fraud/{path}", role=role)
            assert refused.status_code == 403
