"""Reports as they leave the house: what their TLP level carries, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.exports import PLACE_DECIMALS, Tlp, may_show, precision_of
from domain.reports import AskedFor, ReportKind, ReportStatus, Severity
from domain.states import Language
from service.report_rows import fold_phone_number
from service.report_views import ReportSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedReport:
    """One report; None is what is not known, or not for this TLP level.

    The order is that of the CSV's columns. Degrees are WGS 84, `precision_m` is metres.
    """

    id: str
    kind: ReportKind
    status: ReportStatus
    severity: Severity
    occurred_on: date
    occurred_at: datetime | None
    received_on: date
    received_at: datetime | None
    asked_for: tuple[AskedFor, ...]
    claimed_name: str | None
    badge_number: str | None
    agency: str | None
    organisation: str | None
    phone: str | None
    plate: str | None
    url: str | None
    payee: str | None
    latitude: float | None
    longitude: float | None
    precision_m: int | None
    evidence_count: int | None
    language: Language | None
    description: str | None


@dataclass(frozen=True, slots=True)
class Issue:
    """What all of one export shares.

    `make_id` turns the name of a thing into its id, the same in every export of this level.
    """

    tlp: Tlp
    at: datetime
    source: str
    make_id: Callable[[str], UUID]


COLUMNS: Final = tuple(one.name for one in fields(ExportedReport))


def redact(report: ReportSummary, tlp: Tlp, zone: ZoneInfo, country: str) -> ExportedReport:
    """Return what an export of this level carries of a report; days are those of the zone."""
    claimed = report.claimed
    is_placed = report.latitude is not None and report.longitude is not None
    decimals = PLACE_DECIMALS[tlp]
    known: dict[str, Any] = {
        "id": report.id,
        "kind": report.kind,
        "status": report.status,
        "severity": report.severity,
        "occurred_on": report.occurred_at.astimezone(zone).date(),
        "occurred_at": report.occurred_at,
        "received_on": report.received_at.astimezone(zone).date(),
        "received_at": report.received_at,
        "asked_for": report.asked_for,
        "claimed_name": claimed.name,
        "badge_number": claimed.badge_number,
        "agency": claimed.agency,
        "organisation": claimed.organisation,
        "phone": fold_phone_number(claimed.phone, country) or claimed.phone,
        "plate": claimed.plate,
        "url": report.url,
        "payee": report.payee,
        "latitude": _round(report.latitude, decimals) if is_placed else None,
        "longitude": _round(report.longitude, decimals) if is_placed else None,
        "precision_m": precision_of(tlp) if is_placed else None,
        "evidence_count": report.evidence_count,
        "language": report.language,
        "description": report.description,
    }
    shown: dict[str, Any] = {
        name: known[name] if may_show(name, tlp, report.kind) else None for name in COLUMNS
    }
    return ExportedReport(**shown)


def _round(degrees: float | None, decimals: int) -> float | None:
    return None if degrees is None else round(degrees, decimals) + 0.0  # never minus zero
