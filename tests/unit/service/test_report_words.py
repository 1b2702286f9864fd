"""What is on record about reports is read in words, and what people wrote stays as it is."""

import pytest

from domain.reports import (
    AskedFor,
    CustodyKind,
    ReportEventKind,
    ReportKind,
    ReportStatus,
    Severity,
)
from domain.states import Language
from service.case_changes import LINKER
from service.report_words import ReportWords
from service.reports import REPORTER
from service.simulations import SIMULATOR

ENGLISH = ReportWords(Language.ENGLISH)
CHINESE = ReportWords(Language.TRADITIONAL)
Kind = ReportEventKind


@pytest.mark.parametrize(
    ("kind", "kept", "english", "chinese"),
    [
        (Kind.STATUS, "new -> investigating", "new → being investigated", "新收到 → 調查中"),
        (Kind.SEVERITY, "high -> critical", "high → critical", "高 → 緊急"),
        (Kind.ASSIGNEE, "none -> A-3001", "none → A-3001", "無 → A-3001"),
        (Kind.POLICE_REFERENCE, "110 -> a -> b", "110 -> a -> b", "110 -> a -> b"),
        (Kind.CLOSING, "asks for confirmed", "asks for: confirmed", "請求改為：已確認"),
        (
            Kind.CLOSING,
            "approves confirmed, asked for by A-1",
            "approves: confirmed; asked for by A-1",
            "核准：已確認；請求人：A-1",
        ),
        (Kind.CLOSING, "declines dismissed", "declines: dismissed", "不同意：不成立"),
        (Kind.HOLD, "set: court {0}\nno. 7", "set: court {0}\nno. 7", "設定：court {0}\nno. 7"),
        (
            Kind.DUPLICATE,
            "separated from rp_1",
            "no duplicate of rp_1 any more",
            "不再是 rp_1 的重複舉報",
        ),
        (Kind.DUPLICATE, "rp_1", "rp_1", "rp_1"),
        (Kind.PACK, "without originals", "without originals", "不含原始檔案"),
        (Kind.NOTE, "asks for confirmed", "asks for confirmed", "asks for confirmed"),
        (Kind.CLOSING, "of another time", "of another time", "of another time"),
    ],
)
def test_a_line_of_the_history_is_read_in_words(
    kind: ReportEventKind, kept: str, english: str, chinese: str
) -> None:
    assert ENGLISH.event(kind, kept) == english
    assert CHINESE.event(kind, kept) == chinese


@pytest.mark.parametrize("language", [Language.TRADITIONAL, Language.SIMPLIFIED])
def test_every_code_has_words_of_every_language(language: Language) -> None:
    words = ReportWords(language)
    for code in (*ReportStatus, *Severity, *ReportKind, *AskedFor):
        assert not words.code(code).isascii(), code
    for kind in CustodyKind:
        assert not words.custody(kind, "").isascii(), kind
    for actor in (REPORTER, LINKER, SIMULATOR):
        assert not words.actor(actor).isascii(), actor
    assert words.actor("A-1") == "A-1"
    assert words.codes([AskedFor.ENTRY, AskedFor.CASH]).count("、") == 1
