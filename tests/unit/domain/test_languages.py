"""Readers get the script they read."""

import pytest

from domain.languages import negotiate
from domain.states import Language

HANT, HANS, EN = Language.TRADITIONAL, Language.SIMPLIFIED, Language.ENGLISH


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, HANT),
        ("", HANT),
        ("fr-FR", HANT),
        ("en-GB,en;q=0.9", EN),
        ("zh", HANS),
        ("zh-CN", HANS),
        ("zh-SG", HANS),
        ("zh-TW", HANT),
        ("zh-HK;q=0.8, en;q=0.7", HANT),
        ("zh-Hans-HK", HANS),
        ("zh-Hant-CN", HANT),
        ("yue", HANT),
        ("yue-CN", HANS),
        ("cmn-TW", HANT),
        ("en;q=0.1, zh-MO;q=0.9", HANT),
        ("en;q=0, zh-CN;q=0.5", HANS),
        ("en;q=x, zh-CN;q=0.5", HANS),
        ("en;level=1", EN),
    ],
)
def test_a_reader_gets_his_script(header: str | None, language: Language) -> None:
    assert negotiate(header) is language
