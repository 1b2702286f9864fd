"""What reports say, as techniques of MITRE's Fight Fraud Framework (F3), version 1.1.

The ids are those of F3's own STIX bundle: whoever loads that one, too, sees ours point into it.
"""

from dataclasses import dataclass
from typing import Final

from domain.reports import AskedFor, ReportKind
from service.exported_reports import ExportedReport

SOURCE: Final = "mitre-f3"


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique: its number and its STIX id."""

    number: str
    stix_id: str


IMPERSONATE_OFFICIAL: Final = Technique(
    "F1032", "attack-pattern--a2a8496e-9796-581d-b26a-1946d1d37907"
)
FAKE_DOCUMENTS: Final = Technique(
    "F1020.001", "attack-pattern--79883be0-894a-58c6-b53a-d10103bf8909"
)
FAKE_WEBSITE: Final = Technique("F1020.002", "attack-pattern--3d9c8299-12eb-5418-b5e3-9e290f74b013")
GATHER_INFORMATION: Final = Technique(
    "F1029", "attack-pattern--2eea2af7-e5a9-5ef5-b6a1-c4c7e1db483a"
)
INSIDER_ABUSE: Final = Technique("F1033", "attack-pattern--ed4c18ff-d859-536f-880a-2907775ca351")
TRANSFER: Final = Technique("F1047", "attack-pattern--849861ed-af5a-5b4d-8a56-2d8a487877db")
ELICIT_SECRETS: Final = Technique("T1598", "attack-pattern--a17ae40a-a607-50d3-8943-94986b031de7")

BY_KIND: Final = {
    ReportKind.IMPERSONATION: IMPERSONATE_OFFICIAL,
    ReportKind.MISCONDUCT: INSIDER_ABUSE,
}
BY_WISH: Final = {
    AskedFor.TRANSFER: TRANSFER,
    AskedFor.PASSWORD: ELICIT_SECRETS,
    AskedFor.ONE_TIME_CODE: ELICIT_SECRETS,
    AskedFor.DOCUMENTS: GATHER_INFORMATION,
}
"""F3 knows nothing for cash that is handed over, for entry and for a signature."""
BY_PART: Final = {"badge_number": FAKE_DOCUMENTS, "url": FAKE_WEBSITE}
"""What was shown at the door, where an impostor showed it."""


def techniques_of(report: ExportedReport) -> tuple[Technique, ...]:
    """Return the techniques that a report speaks of, its kind's first, each once."""
    found = [BY_KIND[report.kind]]
    found += [BY_WISH[wish] for wish in report.asked_for if wish in BY_WISH]
    if report.kind is ReportKind.IMPERSONATION:
        found += [one for part, one in BY_PART.items() if getattr(report, part) is not None]
    return tuple(dict.fromkeys(found))
