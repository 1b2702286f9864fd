"""Reports as MISP events (core format), one event a report.

They stand in the list that MISP's own search answers with: without its last two brackets it was
cut off and is no JSON. Objects follow the public templates; ids are the same in every export of a
level, so that loading twice updates.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from domain.exports import Tlp
from domain.reports import ReportStatus, Severity
from service import fraud_techniques
from service.exported_reports import ExportedReport, Issue

MEDIA_TYPE: Final = "application/json"
SUFFIX: Final = "misp.json"
Node = dict[str, Any]
_INHERIT: Final = "5"  # distribution of an attribute: the event's
# MISP's distribution says to whom an instance hands on: 0 nobody, 1 its community, 3 everybody.
_DISTRIBUTIONS: Final = {Tlp.CLEAR: "3", Tlp.GREEN: "1"}
_THREAT_LEVELS: Final = {Severity.CRITICAL: "1", Severity.HIGH: "1", Severity.MEDIUM: "2"}
_LOW: Final = "3"
_ANALYSES: Final = {
    ReportStatus.NEW: "0",
    ReportStatus.TRIAGED: "1",
    ReportStatus.INVESTIGATING: "1",
}
_COMPLETED: Final = "2"
_LET_GO: Final = frozenset({ReportStatus.DISMISSED, ReportStatus.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Template:
    """A public object template, and which part of a report is which of its attributes.

    An attribute: object relation, type, category, whether it is to be watched for.
    """

    name: str
    meta_category: str
    uuid: str
    version: str
    attributes: dict[str, tuple[str, str, str, bool]]


TEMPLATES: Final = (
    Template(
        "report",
        "misc",
        "70a68471-df22-4e3f-aa1a-5a3be19f82df",
        "8",
        {
            "id": ("case-number", "text", "Other", False),
            "description": ("summary", "text", "Other", False),
        },
    ),
    Template(
        "person",
        "misc",
        "a15b0477-e9d1-4b9c-9546-abe78a4f4248",
        "21",
        {"claimed_name": ("alias", "text", "Person", True)},
    ),
    Template(
        "phone",
        "misc",
        "d7e4fbdd-b551-4862-bddb-a0b470a38509",
        "6",
        {"phone": ("msisdn", "text", "Other", True)},
    ),
    Template(
        "vehicle",
        "misc",
        "683c076c-f695-4ff2-8efa-e98a418049f4",
        "5",
        {"plate": ("license-plate-number", "text", "Other", True)},
    ),
    Template(
        "url",
        "network",
        "60efb77b-40b5-4c46-871b-ed1ed999fce5",
        "10",
        {"url": ("url", "url", "Network activity", True)},
    ),
    Template(
        "bank-account",
        "financial",
        "b4712203-95a8-4883-80e9-b566f5df11c9",
        "3",
        {"payee": ("account", "bank-account-nr", "Financial fraud", True)},
    ),
    Template(
        "geolocation",
        "misc",
        "cd6f2238-ba55-4888-82c4-104e6e1acf21",
        "8",
        {
            "latitude": ("latitude", "float", "Other", False),
            "longitude": ("longitude", "float", "Other", False),
            "precision_m": ("accuracy-radius", "float", "Other", False),
        },
    ),
)
_WITHOUT_TEMPLATE: Final = {
    "badge_number": ("badge number that was shown or claimed", True),
    "agency": ("agency that was claimed", False),
    "organisation": ("organisation that was claimed", False),
}


def write_head(_issue: Issue) -> str:
    """Return what stands before the first report."""
    return '{"response":['


def write_page(issue: Issue, reports: Sequence[ExportedReport], *, is_first: bool) -> str:
    """Return some reports, each after a comma but the first of all."""
    events = ",".join(f"\n{_dump(_event(issue, one))}" for one in reports)
    return events if is_first or not events else f",{events}"


def write_tail(_issue: Issue, _reports: int) -> str:
    """Return what stands after the last report."""
    return "\n]}\n"


def _event(issue: Issue, report: ExportedReport) -> Node:
    at = str(int(issue.at.timestamp()))
    return {
        "Event": {
            "uuid": str(issue.make_id(f"{report.id} event")),
            "info": f"Suspicious visitor ({report.kind}), report {report.id}",
            "date": report.occurred_on.isoformat(),
            "timestamp": at,
            "published": False,
            "analysis": _ANALYSES.get(report.status, _COMPLETED),
            "threat_level_id": _THREAT_LEVELS.get(report.severity, _LOW),
            "distribution": _DISTRIBUTIONS.get(issue.tlp, "0"),
            "Orgc": {
                "uuid": str(issue.make_id("identity")),
                "name": urlsplit(issue.source).hostname or issue.source,
            },
            "Tag": [{"name": name} for name in _tags(issue, report)],
            "Attribute": list(_loose_attributes(issue, report, at)),
            "Object": list(_objects(issue, report, at)),
        }
    }


def _tags(issue: Issue, report: ExportedReport) -> Iterator[str]:
    yield f"tlp:{issue.tlp}"
    yield f'menshen:status="{report.status}"'
    for wish in report.asked_for:
        yield f'menshen:asked-for="{wish}"'
    for technique in fraud_techniques.techniques_of(report):
        yield f'{fraud_techniques.SOURCE}:technique="{technique.number}"'


def _loose_attributes(issue: Issue, report: ExportedReport, at: str) -> Iterator[Node]:
    for part, (comment, watched) in _WITHOUT_TEMPLATE.items():
        if (value := getattr(report, part)) is not None:
            one = _attribute(issue, report, part, ("", "text", "Other", watched), value, at)
            del one["object_relation"]
            yield one | {"comment": comment}


def _objects(issue: Issue, report: ExportedReport, at: str) -> Iterator[Node]:
    for template in TEMPLATES:
        attributes = [
            _attribute(issue, report, part, kind, value, at)
            for part, kind in template.attributes.items()
            if (value := getattr(report, part)) is not None
        ]
        if template.name == "report":  # the template wants a title
            title = ("title", "text", "Other", False)
            text = f"Suspicious visitor, report {report.id}"
            attributes.append(_attribute(issue, report, "title", title, text, at))
        if attributes:
            yield {
                "uuid": str(issue.make_id(f"{report.id} object {template.name}")),
                "name": template.name,
                "meta-category": template.meta_category,
                "template_uuid": template.uuid,
                "template_version": template.version,
                "timestamp": at,
                "distribution": _INHERIT,
                "Attribute": attributes,
            }


def _attribute(  # noqa: PLR0913, PLR0917 - each by its place, in two calls
    issue: Issue,
    report: ExportedReport,
    part: str,
    kind: tuple[str, str, str, bool],
    value: object,
    at: str,
) -> Node:
    relation, kind_name, category, is_watched = kind
    return {
        "uuid": str(issue.make_id(f"{report.id} attribute {part}")),
        "object_relation": relation,
        "type": kind_name,
        "category": category,
        "value": str(value),
        # What nobody confirmed is to be seen, not to be acted on by machines.
        "to_ids": is_watched and report.status is ReportStatus.CONFIRMED,
        "timestamp": at,
        "distribution": _INHERIT,
        "deleted": is_watched and report.status in _LET_GO,
    }


def _dump(event: Node) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))
