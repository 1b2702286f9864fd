"""What the team may write to a reporter in each state: a text to begin with, in his language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.reports import ReportStatus
from domain.states import Language
from service.translations import OWN, load

_TEXTS: Final[Mapping[ReportStatus, str]] = MappingProxyType(
    {
        ReportStatus.NEW: "We have your report and will read it soon. Thank you.",
        ReportStatus.TRIAGED: (
            "We have read your report and take it seriously. We will write here again."
        ),
        ReportStatus.INVESTIGATING: (
            "We are looking into your report. If you remember anything else, please add it here."
        ),
        ReportStatus.CONFIRMED: (
            "Thank you. The visitor did not come from us. Please keep the door closed, pay nothing,"
            " and tell the police if you lost anything."
        ),
        ReportStatus.DISMISSED: (
            "We looked into your report and found nothing wrong with this visit. Thank you for"
            " asking; do so again whenever in doubt."
        ),
        ReportStatus.WITHDRAWN: "You withdrew your report. You may send another at any time.",
    }
)


def put_into(message: str, written: Language, read: Language) -> str:
    """Return a message for somebody who reads another language than it was written for.

    Only our words that it begins with can be put into his; what the team wrote stays as it is.
    """
    for status in ReportStatus:
        ours = suggest_message(status, written)
        if message == ours or message.startswith(f"{ours}\n"):
            return suggest_message(status, read) + message.removeprefix(ours)
    return message


def suggest_message(status: ReportStatus, language: Language) -> str:
    """Return the text to begin with; whoever sends it may change every word."""
    return load(OWN)[language].gettext(_TEXTS[status])
