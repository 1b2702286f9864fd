"""The text of a notice: what the bank sends before a visit. It names no purpose and no debt."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from domain.states import Language
from service.translations import OWN, load

_LOCALES: Final = {
    Language.TRADITIONAL: "zh_Hant",
    Language.SIMPLIFIED: "zh_Hans",
    Language.ENGLISH: "en_GB",
}
_SENTENCES: Final = (
    "We will visit you on {day}, between {starts} and {ends}.",
    "Visitors: {visitors}.",
    "Notice code: {code}. Visit phrase: {phrase}.",
    (
        "At the door, before you open: scan the code on the visitor's phone with your own camera, "
        "or start from our app, your card or {start_url}. Compare the photo."
    ),
    "We never take cash and never ask for passwords or one-time codes.",
    "In doubt, keep the door closed and call {hotline}.",
)
_AGENCY: Final = "They come for us from {agency}."
_DOCUMENTS: Final = "Please have ready: {documents}."


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What a notice says; times are aware, shown in the visit's zone."""

    code: str
    phrase: str
    starts_at: datetime
    ends_at: datetime
    time_zone: ZoneInfo
    visitors: tuple[str, ...]
    agency: str | None
    hotline: str
    start_url: str
    documents: tuple[str, ...]


def notice_texts(facts: NoticeFacts) -> dict[Language, str]:
    """Return the notice in every language."""
    return {language: _write(facts, language) for language in Language}


def _write(facts: NoticeFacts, language: Language) -> str:
    say = load(OWN)[language].gettext
    locale = _LOCALES[language]
    comma = ", " if language is Language.ENGLISH else "、"
    starts, ends = (at.astimezone(facts.time_zone) for at in (facts.starts_at, facts.ends_at))
    sentences = list(_SENTENCES)
    if facts.documents:
        sentences.insert(3, _DOCUMENTS)
    if facts.agency is not None:
        sentences.insert(2, _AGENCY)
    written = (say(sentence) for sentence in sentences)
    return (
        ("" if comma == "、" else " ")
        .join(written)
        .format(
            day=format_date(starts, "full", locale=locale),
            starts=format_time(starts, "short", locale=locale),
            ends=format_time(ends, "short", locale=locale),
            visitors=comma.join(facts.visitors),
            agency=facts.agency,
            code=f"{facts.code[:5]}-{facts.code[5:]}",
            phrase=facts.phrase,
            documents=comma.join(facts.documents),
            start_url=facts.start_url,
            hotline=facts.hotline,
        )
    )
