"""The observer of `./run bench ceiling` holds the simulation's own chances, and changes nothing."""

from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest

from benchmarks.heard import chance_of_anybody, chance_of_name, dialled, read_name, written_numbers
from benchmarks.observer import Observer
from benchmarks.told import read
from benchmarks.truths import Truth, look_on
from domain.states import Language
from service.simulated_names import hear_name, make_name
from service.simulated_reports import _as_read, _dialled, simulate

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
ROUNDS = 40_000


@pytest.fixture(scope="module")
def year() -> Truth:
    return look_on(5, 600, UNTIL)


def test_looking_on_changes_nothing(year: Truth) -> None:
    assert year.simulation == simulate(5, 600, UNTIL)
    of_people = {
        one.report_id: one.entity for one in year.simulation.reports if one.kind != "noise"
    }
    assert {report_id: spot.entity for report_id, spot in year.spot_of.items()} == of_people


@pytest.mark.parametrize("language", [Language.TRADITIONAL, Language.SIMPLIFIED, Language.ENGLISH])
def test_names_are_heard_as_often_as_the_observer_believes(language: Language) -> None:
    random = Random(3)  # noqa: S311 - repeatable
    heard = Counter(hear_name(random, "陳志明", language) for _ in range(ROUNDS))
    for text, times in heard.most_common(12):
        # What script an English reporter writes in, and which title others choose, tells nothing.
        choice = 0.7 if text.isascii() else 0.3 if language is Language.ENGLISH else 1.0
        if len(text) == 3 and text[1:] in {"先生", "小姐", "專員", "专员"}:
            choice *= 1 if language is Language.ENGLISH else 1 / 3
        believed = choice * chance_of_name(read_name(text, language), "陳志明")
        assert times / ROUNDS == pytest.approx(believed, rel=0.15, abs=0.001)


def test_what_one_slip_makes_of_a_latin_name_is_read_back() -> None:
    random = Random(4)  # noqa: S311 - repeatable
    for _ in range(300):
        name = make_name(random)
        terms = read_name(hear_name(random, name, Language.ENGLISH), Language.ENGLISH)
        assert chance_of_name(terms, name) > 0
        assert 0 < chance_of_anybody(terms) < 1


def test_numbers_are_read_as_often_as_the_observer_believes() -> None:
    random = Random(5)  # noqa: S311 - repeatable
    read_as = Counter(_as_read(random, "B-01285") for _ in range(ROUNDS))
    believed = written_numbers("B-01285")
    assert sum(believed.values()) == pytest.approx(1)
    for text, times in read_as.most_common(8):
        assert times / ROUNDS == pytest.approx(believed[text or ""], rel=0.15, abs=0.001)
    phones = Counter(dialled(_dialled(random, "0912345678"))["0912345678"] for _ in range(ROUNDS))
    assert phones[max(phones)] / ROUNDS == pytest.approx(max(phones), abs=0.005)


def test_the_observer_is_as_often_right_as_he_expects(year: Truth) -> None:
    reports = year.simulation.reports
    told = {one.report_id: read(one, year) for one in reports}
    observer = Observer(year, told)
    judged = [(one.entity, *observer.judge(one)) for one in reports]
    sure = [(entity == found, chance) for entity, found, chance in judged if found and chance > 0.5]
    assert len(sure) > 0.6 * len(reports)
    expected = sum(chance for _, chance in sure) / len(sure)
    assert sum(right for right, _ in sure) / len(sure) == pytest.approx(expected, abs=0.03)
