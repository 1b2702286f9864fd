"""What is told of one visitor in other words, and what is told of others."""

from verifiers.companions import Companions, companions_of
from verifiers.profiles import Told
from verifiers.wordings import Text

LOOKS = (("suit", "西裝"), ("scooter", "機車"), ("tattoo", "刺青"))
OPENINGS = (("today", "今天"), ("yesterday", "昨天"))


def texts(*, has_cases: bool = True) -> list[Text]:
    """Sixty visitors with one look each, told of twice in either language."""
    made = []
    for visitor in range(60):
        for at, opening in enumerate(OPENINGS):
            for language, script in enumerate(("latin", "chinese")):
                words = (LOOKS[visitor % 3][language], opening[language])
                case = f"{visitor}" if has_cases else f"{visitor} {at} {script}"
                made.append(Text(script, words, case))
    return made


def known() -> Companions:
    return companions_of(texts())


def told(**words: str) -> dict[str, dict[str, Told]]:
    """Return words of a case by script."""
    return {script: dict.fromkeys(some.split(), Told(1, 0)) for script, some in words.items()}


def test_what_means_the_same_is_found_in_another_language() -> None:
    same = known().told_beside("latin", {"suit"}, told(chinese="西裝"))
    other = known().told_beside("latin", {"suit"}, told(chinese="機車"))
    assert same[0] > 1 > same[1] == 0
    assert other[0] == 0 > -2 > other[1]


def test_a_visitor_has_one_look() -> None:
    _, other = known().told_beside("chinese", {"西裝"}, told(chinese="刺青 今天"))
    assert other < -2
    # The same look is counted among the words that a case was told of in.
    case = told(chinese="西裝", latin="suit")
    assert known().told_beside("chinese", {"西裝"}, case) == (0, 0)


def test_how_reporters_begin_says_nothing() -> None:
    some = known()
    assert set(some.saying_of["latin"]) == {"suit", "scooter", "tattoo"}
    assert some.told_beside("latin", {"today"}, told(latin="yesterday", chinese="昨天")) == (
        0,
        0,
    )


def test_where_no_case_is_told_of_twice_nothing_is_known() -> None:
    some = companions_of(texts(has_cases=False))
    assert some.saying_of == {"latin": {}, "chinese": {}}
    assert some.told_beside("latin", {"suit"}, told(chinese="西裝")) == (0, 0)
    assert Companions().told_beside("latin", {"suit"}, told(latin="scooter")) == (0, 0)
