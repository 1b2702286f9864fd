"""The summary of a report for the police: a PDF in one of three languages, in fonts of PDF's own.

The fonts are the standard Chinese ones that PDF readers bring along (Adobe-GB1 and Adobe-CNS1), so
that no font file has to be shipped.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped] # no stubs
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped] # no stubs
from reportlab.lib.units import mm  # type: ignore[import-untyped] # no stubs
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped] # no stubs
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped] # no stubs
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate  # type: ignore[import-untyped] # no stubs

from domain.reports import ReportEventKind
from domain.states import Language
from service.report_views import ReportDetail
from service.report_words import ReportWords
from service.translations import OWN, load

_SIMPLIFIED: Final = "STSong-Light"  # Adobe-GB1: GBK, which has traditional characters, too
_TRADITIONAL: Final = "MSung-Light"  # Adobe-CNS1: Big5
_LABELS: Final = {
    "title": "Report of a suspicious visitor",
    "made": "Made",
    "number": "Report number",
    "police_reference": "Police reference",
    "status": "Status",
    "severity": "Severity",
    "kind": "Kind",
    "received": "Received",
    "occurred": "Happened",
    "place": "Place",
    "asked_for": "Asked for",
    "name": "Name given",
    "organisation": "Organisation given",
    "agency": "Agency given",
    "badge_number": "Badge number",
    "phone": "Phone number",
    "plate": "Number plate",
    "payee": "Payee",
    "url": "Web address",
    "description": "What the reporter wrote",
    "addition": "Added by the reporter",
    "duplicate": "The same was reported again",
    "evidence": "Evidence",
    "original": "SHA-256 of the original when it came in",
    "custody": "Chain of custody",
    "private": (
        "Who sent the report is not in this pack. The bank gives it to authorities that may ask."
    ),
    "check": "Every file of this pack is listed with its SHA-256 in {manifest}.",
}
MANIFEST: Final = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Summary:
    """What is summed up: reports, each before its duplicates; who made this, when."""

    reports: tuple[ReportDetail, ...]
    made_by: str
    made_at: datetime
    zone: ZoneInfo
    language: Language


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A piece of evidence in the pack; `sha256` (hex) is that of the copy at `path`."""

    report_id: str
    evidence_id: str
    path: str
    sha256: str
    original_path: str | None


def labels(language: Language) -> dict[str, str]:
    """Return the words of the summary."""
    say = load(OWN)[language].gettext
    return {name: say(text) for name, text in _LABELS.items()}


def write_summary(summary: Summary, exhibits: Sequence[Exhibit]) -> bytes:
    """Return the PDF. Blocks for some milliseconds."""
    for name in (_SIMPLIFIED, _TRADITIONAL):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(UnicodeCIDFont(name))
    written = io.BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), 18 * mm)
    document = SimpleDocTemplate(written, pagesize=A4, title=summary.reports[0].id, **margins)
    document.build(list(_Writer(summary).write(exhibits)))
    return written.getvalue()


class _Writer:
    """Writes paragraphs: they break over pages, however long a stranger's text is."""

    def __init__(self, summary: Summary) -> None:
        self._summary, self._labels = summary, labels(summary.language)
        self._codes = ReportWords(summary.language)

    def write(self, exhibits: Sequence[Exhibit]) -> Iterator[Flowable]:
        summary, words = self._summary, self._labels
        first = summary.reports[0]
        yield self._line(words["title"], 16)
        yield self._fact("number", first.id)
        yield self._fact("made", f"{self._moment(summary.made_at)}, {summary.made_by}")
        if first.police_reference:
            yield self._fact("police_reference", first.police_reference)
        for report in summary.reports:
            if report is not first:
                word = "number" if report.duplicate_of is None else "duplicate"
                yield self._line(f"{words[word]}: {report.id}", 12)
            yield from self._report(report)
            yield from self._evidence(
                report, [one for one in exhibits if one.report_id == report.id]
            )
        yield self._line(words["private"])
        yield self._line(words["check"].format(manifest=MANIFEST))

    def _report(self, report: ReportDetail) -> Iterator[Flowable]:
        yield self._fact("received", self._moment(report.received_at))
        yield self._fact("occurred", self._moment(report.occurred_at))
        if report.place is not None:
            yield self._fact("place", report.place.in_words)
        for name in ("status", "severity", "kind"):
            yield self._fact(name, self._codes.code(getattr(report, name)))
        yield self._fact("asked_for", self._codes.codes(report.asked_for) or "-")
        given = {**report.claimed.model_dump(), "payee": report.payee, "url": report.url}
        for name, text in given.items():
            if text:
                yield self._fact(name, text)
        yield self._line(self._labels["description"], 12)
        yield self._line(report.description)
        for one in report.history:
            if one.kind is ReportEventKind.ADDITION and one.text:
                yield self._line(f"{self._labels['addition']}, {self._moment(one.at)}", 12)
                yield self._line(one.text)

    def _evidence(self, report: ReportDetail, exhibits: Sequence[Exhibit]) -> Iterator[Flowable]:
        if exhibits:
            yield self._line(self._labels["evidence"], 12)
        for exhibit in exhibits:
            known = next(one for one in report.evidence if one.id == exhibit.evidence_id)
            yield self._line(f"{exhibit.path}: SHA-256 {exhibit.sha256}")
            if known.original_sha256 is not None:
                where = f"{exhibit.original_path}: " if exhibit.original_path else ""
                yield self._fact("original", f"{where}{known.original_sha256}")
            for entry in known.custody:
                who = self._codes.actor(entry.actor)
                done = self._codes.custody(entry.kind, entry.text)
                yield self._fact("custody", f"{self._moment(entry.at)}, {who}, {done}")

    def _fact(self, name: str, text: str) -> Flowable:
        return self._line(f"{self._labels[name]}: {text}")

    def _line(self, text: str, size: int = 10) -> Flowable:
        font = _font_for(text, self._summary.language)
        style = ParagraphStyle(
            font,
            fontName=font,
            fontSize=size,
            leading=size * 1.5,
            spaceBefore=size / 2 if size > 10 else 0,  # noqa: PLR2004 - a heading
            wordWrap="CJK",
        )
        shown = "".join(
            one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in text
        )
        return Paragraph(escape(shown).replace("\n", "<br/>"), style)

    def _moment(self, at: datetime) -> str:
        return at.astimezone(self._summary.zone).strftime("%Y-%m-%d %H:%M:%S %z")


def _font_for(text: str, language: Language) -> str:
    """Return a font that has the text's characters."""
    if language is not Language.TRADITIONAL:
        return _SIMPLIFIED
    try:
        text.encode("big5")
    except UnicodeEncodeError:
        return _SIMPLIFIED
    return _TRADITIONAL
