"""Reports as rows: what names the reporter is sealed, what was claimed is folded to be found."""

from datetime import datetime
from typing import Final

from pydantic import TypeAdapter

from db.indicators import ReportIndicator
from db.reports import Report
from domain.reports import SERVICE_LEVELS, ReportKind, ReportStatus, first_severity
from domain.states import Language
from service.report_drafts import Contact, ReportDraft, ReportedPlace
from service.runtime import Runtime
from service.sealing import Seal
from verifiers import badge, cells, jose_gate
from verifiers.contact import fold_phone
from verifiers.indicators import Claims, find_indicators
from verifiers.risk import Place

_CONTACT: Final = TypeAdapter(Contact)
_PLACE: Final = TypeAdapter(ReportedPlace)
_LONGEST_FOLDED: Final = 64  # a longer one is no number; what does not fit is not found by


def make_report(  # noqa: PLR0913, PLR0917 - each by its name
    runtime: Runtime,
    draft: ReportDraft,
    tracking_hash: bytes,
    language: Language,
    now: datetime,
    report_id: str | None = None,
) -> Report:
    """Return a new row for a report; its id is random unless given."""
    report_id = report_id or f"rp_{jose_gate.encode(runtime.randomness(12))}"
    claimed, place, contact = draft.claimed, draft.place, draft.contact
    texts = (draft.description, *claimed.model_dump().values(), draft.payee, draft.url)
    report = Report(
        id=report_id,
        tracking_hash=tracking_hash,
        status=ReportStatus.NEW,
        severity=first_severity(draft.asked_for),
        kind=ReportKind.IMPERSONATION,
        received_at=now,
        received_on=now.astimezone(runtime.time_zone).date(),
        updated_at=now,
        occurred_at=draft.occurred_at,
        description=draft.description,
        asked_for=sorted(set(draft.asked_for)),
        claimed_name=claimed.name,
        badge_number=claimed.badge_number,
        badge_number_folded=fold_badge_number(claimed.badge_number),
        agency=claimed.agency,
        phone=claimed.phone,
        phone_folded=fold_phone_number(claimed.phone, runtime.country),
        plate=claimed.plate,
        organisation=claimed.organisation,
        payee=draft.payee,
        url=draft.url,
        search_text="\n".join(badge.fold(text) for text in texts if text),
        place_sealed=None
        if place is None
        else runtime.seal.seal(_PLACE.dump_json(place), f"report.place {report_id}"),
        latitude=None if place is None else place.latitude,
        longitude=None if place is None else place.longitude,
        contact_sealed=None
        if contact is None
        else runtime.seal.seal(_CONTACT.dump_json(contact), f"report.contact {report_id}"),
        verification_id=draft.verification_id,
        language=language,
        due_at=now + SERVICE_LEVELS[first_severity(draft.asked_for)],
        facts_hash=_hash_facts(runtime, draft),
    )
    locate(report)
    return report


def locate(report: Report) -> None:
    """Set the cells of the grid that a report's place lies in."""
    if report.latitude is None or report.longitude is None:
        return
    place = Place(report.latitude, report.longitude)
    report.cell, report.area = cells.cell_of(place), cells.cell_of(place, cells.COARSE)
    report.map_cell = cells.cell_of(place, cells.MAP)


def make_indicators(report: Report, country: str) -> list[ReportIndicator]:
    """Return the rows of what a report claims, as it compares with other reports."""
    claims = Claims(
        name=report.claimed_name,
        badge_number=report.badge_number,
        agency=report.agency,
        phone=report.phone,
        plate=report.plate,
        organisation=report.organisation,
        payee=report.payee,
        url=report.url,
    )
    return [
        ReportIndicator(
            report_id=report.id,
            kind=one.kind,
            value=one.value,
            shown=one.shown,
            received_at=report.received_at,
        )
        for one in find_indicators(claims, country)
    ]


def _hash_facts(runtime: Runtime, draft: ReportDraft) -> bytes:
    """Return the keyed hash of all that was claimed, however it was typed."""
    claimed, country = draft.claimed, runtime.country
    texts = (claimed.name, claimed.agency, claimed.plate, claimed.organisation)
    facts = [badge.fold(text or "") for text in (*texts, draft.payee, draft.url)]
    facts += [fold_badge_number(claimed.badge_number) or ""]
    facts += [fold_phone_number(claimed.phone, country) or ""]
    return runtime.seal.find("\0".join(facts), "report.facts")


def fold_badge_number(typed: str | None) -> str | None:
    """Return a badge number as it compares, however it was typed."""
    return None if typed is None else badge.fold(typed)[:_LONGEST_FOLDED]


def fold_phone_number(typed: str | None, country: str) -> str | None:
    """Return a phone number as it compares: E.164, or its bare digits when it is none."""
    return None if typed is None else fold_phone(typed, country)[:_LONGEST_FOLDED]


def read_contact(seal: Seal, report: Report) -> Contact | None:
    """Return how to reach the reporter, or None when nobody said."""
    if report.contact_sealed is None:
        return None
    plain = seal.unseal(report.contact_sealed, f"report.contact {report.id}")
    return _CONTACT.validate_json(plain)


def read_place(seal: Seal, report: Report) -> ReportedPlace | None:
    """Return where it happened, or None when nobody said."""
    if report.place_sealed is None:
        return None
    return _PLACE.validate_json(seal.unseal(report.place_sealed, f"report.place {report.id}"))


def evidence_context(evidence_id: str) -> str:
    """Return the context that an image of a report is sealed in."""
    return f"report_evidence.image {evidence_id}"


def original_context(evidence_id: str) -> str:
    """Return the context that the original of an image is sealed in."""
    return f"report_evidence.original {evidence_id}"
