"""Reports as one STIX 2.1 bundle, written report by report.

Without its last two brackets it was cut off and is no JSON. Each report is an incident with its
facts in a property extension, the place, an indicator for each thing that can be recognised, and a
grouping of them; a confirmed impostor is also a threat actor. What was dismissed or withdrawn comes
with its indicators revoked, so that who loaded them before lets go of them.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final

from domain.reports import ReportKind, ReportStatus
from service import fraud_techniques
from service.exported_reports import COLUMNS, ExportedReport, Issue
from service.stix_commons import EXTENSION_ID, common_objects, identity_id, marking_ids, write_time

MEDIA_TYPE: Final = "application/stix+json; version=2.1"
SUFFIX: Final = "stix.json"
Object = dict[str, Any]
_IN_THE_EXTENSION: Final = tuple(
    name for name in COLUMNS if name not in {"id", "description", "latitude", "longitude"}
)
_PATTERNS: Final = {
    "phone": "x-menshen-visitor:phone",
    "plate": "x-menshen-visitor:plate",
    "badge_number": "x-menshen-visitor:badge_number",
    "claimed_name": "x-menshen-visitor:claimed_name",
    "payee": "x-menshen-visitor:payee",
    "url": "url:value",
}
"""What can be recognised at the next door; STIX has no object for a phone or a plate."""
_CONFIDENCE: Final = {  # STIX 2.1, appendix A, the admiralty credibility scale
    ReportStatus.CONFIRMED: 90,
    ReportStatus.INVESTIGATING: 50,
    ReportStatus.DISMISSED: 10,
}
_LET_GO: Final = frozenset({ReportStatus.DISMISSED, ReportStatus.WITHDRAWN})


def write_head(issue: Issue) -> str:
    """Return what stands before the first report: who says all this, and who may see it."""
    objects = ",\n".join(map(_dump, common_objects(issue)))
    bundle_id = issue.make_id(f"bundle {write_time(issue.at)}")
    return f'{{"type":"bundle","id":"bundle--{bundle_id}","objects":[\n{objects}'


def write_page(issue: Issue, reports: Sequence[ExportedReport], *, is_first: bool) -> str:
    """Return some reports; something always stands before them, so `is_first` is not asked."""
    del is_first
    objects = (one for report in reports for one in _Writer(issue, report).objects())
    return "".join(f",\n{_dump(one)}" for one in objects)


def write_tail(_issue: Issue, _reports: int) -> str:
    """Return what stands after the last report."""
    return "\n]}\n"


@dataclass(frozen=True, slots=True)
class _Writer:
    issue: Issue
    report: ExportedReport

    def objects(self) -> Iterator[Object]:
        things = [self._incident(), *self._location(), *self._indicators(), *self._actor()]
        links = list(self._links(things))
        yield from things
        yield from links
        yield self._make(
            "grouping",
            "",
            name=f"Report {self.report.id}",
            context="suspicious-activity",
            object_refs=[one["id"] for one in (*things, *links)],
        )

    def _make(self, kind: str, which: str, /, **more: object) -> Object:
        created = self.report.received_at or _midnight(self.report.received_on)
        return {
            "type": kind,
            "spec_version": "2.1",
            "id": f"{kind}--{self.issue.make_id(f'{self.report.id} {kind} {which}')}",
            "created_by_ref": identity_id(self.issue),
            "created": write_time(min(created, self.issue.at)),
            "modified": write_time(self.issue.at),
            "object_marking_refs": marking_ids(self.issue.tlp),
            **{key: value for key, value in more.items() if value is not None},
        }

    def _incident(self) -> Object:
        techniques = fraud_techniques.techniques_of(self.report)
        facts = {
            name: _plain(value)
            for name in _IN_THE_EXTENSION
            if (value := getattr(self.report, name)) not in {None, ()}
        }
        return self._make(
            "incident",
            "",
            name=f"Suspicious visitor, report {self.report.id}",
            description=self.report.description,
            labels=[self.report.kind, self.report.status],
            confidence=_CONFIDENCE.get(self.report.status),
            external_references=[
                {"source_name": "menshen", "external_id": self.report.id},
                *(
                    {"source_name": fraud_techniques.SOURCE, "external_id": one.number}
                    for one in techniques
                ),
            ],
            extensions={EXTENSION_ID: {"extension_type": "property-extension", **facts}},
        )

    def _location(self) -> Iterator[Object]:
        if self.report.latitude is not None:
            yield self._make(
                "location",
                "",
                latitude=self.report.latitude,
                longitude=self.report.longitude,
                precision=float(self.report.precision_m or 0),
            )

    def _indicators(self) -> Iterator[Object]:
        is_confirmed = self.report.status is ReportStatus.CONFIRMED
        seen = self.report.occurred_at or _midnight(self.report.occurred_on)
        for part, path in _PATTERNS.items():
            if (value := getattr(self.report, part)) is not None:
                yield self._make(
                    "indicator",
                    part,
                    name=f"{part}: {value}",
                    description=f"Seen or claimed at a door; the report is {self.report.status}",
                    indicator_types=[
                        "malicious-activity" if is_confirmed else "anomalous-activity"
                    ],
                    pattern=f"[{path} = '{_escape(value)}']",
                    pattern_type="stix",
                    pattern_version="2.1",
                    valid_from=write_time(seen),
                    confidence=_CONFIDENCE.get(self.report.status),
                    revoked=True if self.report.status in _LET_GO else None,
                )

    def _actor(self) -> Iterator[Object]:
        is_impostor = self.report.kind is ReportKind.IMPERSONATION
        if is_impostor and self.report.status is ReportStatus.CONFIRMED:
            name = self.report.claimed_name or f"Visitor of report {self.report.id}"
            yield self._make("threat-actor", "", name=name, threat_actor_types=["criminal"])

    def _links(self, things: Sequence[Object]) -> Iterator[Object]:
        incident = things[0]["id"]
        techniques = [one.stix_id for one in fraud_techniques.techniques_of(self.report)]
        for technique in techniques:
            yield self._link(incident, "related-to", technique)
        for thing in things[1:]:
            match thing["type"]:
                case "indicator":
                    yield self._link(thing["id"], "indicates", techniques[0])
                case "threat-actor":
                    yield self._link(thing["id"], "impersonates", identity_id(self.issue))
                    for technique in techniques:
                        yield self._link(thing["id"], "uses", technique)
                case _:
                    yield self._link(incident, "related-to", thing["id"])

    def _link(self, source: str, kind: str, target: str) -> Object:
        name = f"{source} {kind} {target}"
        ends = {"relationship_type": kind, "source_ref": source, "target_ref": target}
        return self._make("relationship", name, **ends)


def _midnight(day: Any) -> datetime:  # noqa: ANN401 - a date
    return datetime.combine(day, time.min, UTC)


def _plain(value: object) -> object:
    match value:
        case datetime():
            return write_time(value)
        case str() | int() | float():
            return value
        case tuple():
            return list(value)
        case _:
            return str(value)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _dump(one: Object) -> str:
    return json.dumps(one, ensure_ascii=False, separators=(",", ":"))
