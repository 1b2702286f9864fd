"""Words, advice and translations: whole in every language, and never the forbidden words."""

import re
from pathlib import Path

import opencc
import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment

from domain.randomness import system_randomness
from domain.states import Language
from domain.verdicts import VERDICTS, Reason, Verdict
from service.advice import advice_for, headline
from service.phrases import make_phrase, words
from service.translations import OWN, load
from web.pages import LOCALES, TEMPLATES

FORBIDDEN = ("騙子", "骗子", "fraud", "口令", "外訪", "外访")


@pytest.mark.parametrize("language", Language)
def test_there_are_enough_own_words(language: Language) -> None:
    listed = words(language)
    assert len(set(listed)) == len(listed) >= 512
    if language is Language.ENGLISH:
        assert all(word.isascii() and word.islower() and 4 <= len(word) <= 10 for word in listed)
    else:
        other = "s2t" if language is Language.TRADITIONAL else "t2s"
        assert all(len(word) == 2 for word in listed)
        assert opencc.OpenCC(other).convert("\n".join(listed)).split() == list(listed)


@pytest.mark.parametrize(("language", "between"), [("en", " "), ("zh-Hant", "·"), ("zh-Hans", "·")])
def test_a_phrase_is_two_words(language: str, between: str) -> None:
    first, second = make_phrase(Language(language), system_randomness).split(between)
    assert {first, second} <= set(words(Language(language)))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_says_what_to_do(reason: Reason, language: Language) -> None:
    lines = headline(reason, language, "0800", "110")
    advice = advice_for(reason, language, "0800", "110")
    said = " ".join([lines.title, lines.first_line, *(one.text for one in advice)])
    assert 4 <= len(advice) <= 6
    assert "{" not in said
    assert not any(word in said.lower() for word in FORBIDDEN)
    if VERDICTS[reason] is Verdict.NOT_GENUINE:
        assert "0800" in lines.first_line
        assert "110" in lines.first_line
    assert len({one.code for one in advice}) == len(advice)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", [Reason.AUTHORISED, Reason.AUTHORISED_FOR_YOU])
def test_nobody_compares_a_photo_that_there_is_not(reason: Reason, language: Language) -> None:
    lines = headline(reason, language, "0800", "110", has_photo=False)
    with_photo = headline(reason, language, "0800", "110")
    assert (lines.title, "0800" in lines.first_line) == (with_photo.title, True)
    codes = [one.code for one in advice_for(reason, language, "0800", "110", has_photo=False)]
    assert (codes[0], "compare_photo" in codes, len(codes)) == (
        "call_hotline",
        False,
        len({*codes}),
    )
    assert lines.first_line.isascii() is (language is Language.ENGLISH)


def test_every_sentence_of_the_pages_is_translated() -> None:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    used: set[str] = set()
    for template in TEMPLATES.glob("*.html"):
        for _, _, message in environment.extract_translations(template.read_text()):  # type: ignore[attr-defined] # the extension adds it
            used.add(message if isinstance(message, str) else message[0])
    assert len(used) > 100
    for language in (Language.TRADITIONAL, Language.SIMPLIFIED):
        say = load(LOCALES)[language].gettext
        assert not {message for message in used if say(message) == message}
        assert not [word for word in FORBIDDEN for message in used if word in say(message)]


def test_every_check_has_a_name_on_the_customer_s_page() -> None:
    home = TEMPLATES.parents[1]
    sources = (*(home / "verifiers").glob("*.py"), *(home / "service").glob("*.py"))
    checks = {
        name for path in sources for name in re.findall(r'[cC]heck\("(\w+)"', path.read_text())
    }
    assert {"code", "slot", "place", "review", "reports"} <= checks
    answer = (TEMPLATES / "answer.html").read_text()
    assert {name for name in checks if f'"{name}": _(' not in answer} == set()


@pytest.mark.parametrize("folder", [LOCALES, OWN], ids=["web", "service"])
@pytest.mark.parametrize("language", ["zh_Hant", "zh_Hans"])
def test_chinese_has_its_own_punctuation(language: str, folder: Path) -> None:
    with (folder / f"{language}.po").open("rb") as file:
        told = [one.string for one in read_po(file) if one.id]
    half = re.compile(r"[\u3001-\u9fff](?:[,:;?!]|\s?\()|(?<! )[,:;?!]\s?[\u3001-\u9fff]")
    assert len(told) > 30
    assert [text for text in told if half.search(str(text))] == []
    foreign = "「『" if language == "zh_Hans" else "“‘"
    assert not [text for text in told if set(foreign) & set(str(text))]


def test_half_a_catalogue_is_refused(tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    for name in ("zh_Hant.po", "zh_Hans.po"):
        (tmp_path / name).write_text(head + 'msgid "yes"\nmsgstr ""\n')
    with pytest.raises(ValueError, match="no translation of 'yes'"):
        load(tmp_path)
