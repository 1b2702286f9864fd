"""What words prove: once, and what cases agree on more than what reporters differ in."""

from collections.abc import Mapping

import pytest

from verifiers.phrases import Wording, told_alike, wordings_of

PRETEXT = ("loan", "papers")
OPENINGS = ("today", "yesterday", "once", "again")


def wording(*, has_cases: bool) -> Wording:
    """Fifty visitors with four texts each: a pretext of theirs, openings of the reporters."""
    texts = []
    for visitor in range(50):
        for at, opening in enumerate(OPENINGS):
            pretext = PRETEXT if visitor < 10 else (f"other{visitor % 5}", f"words{visitor % 5}")
            crossing = f"{opening}-{pretext[0]}"
            case = f"case {visitor}" if has_cases else f"{visitor} {at}"
            texts.append(("latin", (*pretext, opening, crossing), case))
    return wordings_of(texts)["latin"]


def having(**times: int) -> Mapping[str, tuple[int, int]]:
    return {word.replace("_", "-"): (many, 0) for word, many in times.items()}


def test_what_comes_inside_another_phrase_says_only_what_that_has_not() -> None:
    some = wording(has_cases=True)
    phrases = some.phrases(["loan", "papers", "today", "today-loan"])
    assert [one.words for one in phrases.together] == [
        ["today"],
        ["loan", "papers"],
        ["today-loan"],
    ]
    assert [one.within for one in phrases.together] == [None, None, 1]
    assert phrases.together[2].usual == pytest.approx(10.5 / 41)  # of those with the pretext
    case = having(loan=8, papers=8, today=2, today_loan=2)
    alone = some.phrases(["loan", "papers", "today"])
    assert told_alike(phrases, case, 8)[0] == pytest.approx(told_alike(alone, case, 8)[0], abs=0.1)


def test_what_cases_agree_on_proves_more_than_what_varies() -> None:
    known, unknown = wording(has_cases=True), wording(has_cases=False)
    pretext, opening = (known.phrases([word]).together[0] for word in ("loan", "today"))
    assert pretext.varies < 1 < opening.varies
    # Nothing is known where no case has two texts.
    one, other = (unknown.phrases([word]).together[0].varies for word in ("loan", "today"))
    assert one == pytest.approx(other) == pytest.approx(9)
    same = having(loan=3, papers=3, today=3)
    alike = {word: told_alike(known.phrases([word]), same, 3)[0] for word in ("loan", "today")}
    assert alike["loan"] > 2 * alike["today"] > 0
    against = {word: told_alike(known.phrases([word]), {}, 6)[1] for word in ("loan", "today")}
    assert against["loan"] < 2 * against["today"] < 0


def test_a_word_that_nobody_else_says_proves_where_a_case_has_it() -> None:
    some = wording(has_cases=True)
    phrases = some.phrases(["dragon", "tattoo"])
    assert phrases.together == []
    assert [word for word, _ in phrases.rare] == ["dragon", "tattoo"]
    alike, other, telling = told_alike(phrases, having(dragon=1, tattoo=1), 2)
    assert (alike > 5, other, telling) == (True, 0, "dragon")
    assert told_alike(phrases, {}, 2) == (0, 0, None)
