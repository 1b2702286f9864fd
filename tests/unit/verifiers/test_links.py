"""What ties a report to a case, and what must not."""

from dataclasses import replace

import pytest

from domain.links import Ground, KeyKind
from verifiers.case_decisions import decide
from verifiers.link_weights import BRIDGES, GROWN, JOIN, MERGE, WEIGHTS
from verifiers.links import find_links
from verifiers.neighbourhoods import Carriers, Link, Neighbour, Neighbourhood, Reason
from verifiers.risk import Place
from verifiers.spoken_names import SpokenName, hear, likeness
from verifiers.traits import Key, Traits

DAY = 86_400.0
HOME = Place(25.03, 121.56)
PLATE: Key = (KeyKind.PLATE, "ABC1234")
HOTLINE: Key = (KeyKind.PHONE, "+886800024365")


def told(report_id: str, *keys: Key, at: float = 0.0, **more: object) -> Traits:
    plain = Traits(report_id, at, None, dict(keys), None, None, frozenset(), frozenset())
    return replace(plain, **more)  # type: ignore[arg-type] # a factory's freedom


def around(new: Traits, *neighbours: Neighbour, cut_off: bool = False) -> Neighbourhood:
    carriers = {
        key: Carriers(
            [one.traits.report_id for one in neighbours if key in set(one.traits.found_by())],
            not cut_off,
        )
        for key in new.found_by()
        if key[0] is not KeyKind.CELL
    }
    return Neighbourhood({one.traits.report_id: one for one in neighbours}, carriers)


def best(new: Traits, *neighbours: Neighbour, cut_off: bool = False) -> Link:
    return find_links(new, around(new, *neighbours, cut_off=cut_off))[0]


def test_a_rare_value_joins_and_says_why() -> None:
    new = told("new", PLATE, at=3 * 3600, place=HOME)
    link = best(new, Neighbour(told("old", PLATE, place=Place(25.041, 121.56))))
    assert link.bits >= JOIN
    reason = next(one for one in link.reasons if one.ground is Ground.SAME_PLATE)
    assert (reason.report_id, reason.key, reason.hours) == ("old", PLATE, 3)
    assert reason.metres == pytest.approx(1223, abs=5)
    assert Ground.NEAR in {one.ground for one in link.reasons}


@pytest.mark.parametrize("cut_off", [False, True])
def test_what_everybody_shares_proves_nothing(*, cut_off: bool) -> None:
    strangers = [Neighbour(told(f"r{at}", HOTLINE, at=at * DAY / 4)) for at in range(40)]
    link = best(told("new", HOTLINE, at=10 * DAY), *strangers, cut_off=cut_off)
    assert link.bits < JOIN


def test_what_a_whole_case_shares_is_no_common_value() -> None:
    case = [Neighbour(told(f"r{at}", PLATE, at=at * DAY), "fc", 40) for at in range(40)]
    link = best(told("new", PLATE, at=40 * DAY), *case, cut_off=True)
    assert (link.cluster, link.size) == ("fc", 40)
    assert link.bits > JOIN


def test_a_recycled_number_far_away_and_long_ago_does_not_join() -> None:
    phone: Key = (KeyKind.PHONE, "+886912345678")
    old = told(
        "old", phone, (KeyKind.PLATE, "XYZ9876"), place=Place(22.6, 120.3), name=hear("林美玲")
    )
    new = told("new", phone, PLATE, at=90 * DAY, place=HOME, name=hear("陳志明"))
    link = best(new, Neighbour(old))
    grounds = {one.ground for one in link.reasons}
    assert {Ground.FAR, Ground.LONG_AGO, Ground.OTHER_NAME, Ground.OTHER_PLATE} <= grounds
    assert link.bits < JOIN


def test_stories_are_compared_in_their_own_language_only() -> None:
    words = frozenset({"說要", "核對", "貸款", "資料"})
    chinese = told("a", words=words, asked_for=frozenset({"cash"}))
    english = told(
        "b", words=frozenset({"loan", "papers", "checked"}), asked_for=frozenset({"entry"})
    )
    same = told("c", words=words, asked_for=frozenset({"cash"}))
    grounds = {
        link.cluster: {one.ground for one in link.reasons}
        for link in find_links(same, around(same, Neighbour(chinese), Neighbour(english)))
    }
    assert grounds == {
        "a": {Ground.SAME_STORY, Ground.ASKED_ALIKE},
        "b": {Ground.ASKED_OTHERWISE},
    }


def test_agencies_and_surnames_count_a_little() -> None:
    new = told("new", agency="海港", name=hear("Mr Chen"))
    links = find_links(
        new,
        around(
            new,
            Neighbour(told("same", agency="海港", name=hear("陳志明"))),
            Neighbour(told("other", agency="信安", name=hear("林美玲"))),
        ),
    )
    assert [{one.ground for one in link.reasons} for link in links] == [
        {Ground.SURNAME_ALIKE, Ground.SAME_AGENCY},
        {Ground.OTHER_NAME, Ground.OTHER_AGENCY},
    ]
    assert all(link.bits < JOIN for link in links)


def test_every_ground_has_its_weight_and_reason() -> None:
    assert set(Ground) - WEIGHTS.keys() == {Ground.FIRST, Ground.BY_HAND}
    assert all(one.reason for one in WEIGHTS.values())


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("陳志明", "陳誌銘先生", 1.0),
        ("陳志明", "Chen Chih-ming", 1.0),
        ("陳志明", "Zhiming Chen", 1.0),
        ("林志明", "Lim Zhi Ming", 1.0),
        ("陳志明", "王美玲", 0.6),
        ("陳志明", "陳先生", 0.0),
    ],
)
def test_names_are_compared_by_ear(one: str, other: str, alike: float) -> None:
    first, second = hear(one), hear(other)
    assert isinstance(first, SpokenName)
    assert isinstance(second, SpokenName)
    found = likeness(first, second)
    assert found == alike if alike in {0.0, 1.0} else found < alike
    assert (first.surname == second.surname) is (alike in {0.0, 1.0})


@pytest.mark.parametrize("nothing", ["", " ", "123", "!?"])
def test_no_name_is_no_name(nothing: str) -> None:
    assert hear(nothing) is None


def link(cluster: str, size: int, bits: float, *keys: Key) -> Link:

    reasons = tuple(Reason(Ground.SAME_PLATE, 9.0, "r", key) for key in keys)
    return Link(cluster, size, bits, reasons)


def test_a_weak_tie_joins_nothing() -> None:
    assert decide([], {}, ()).joins is None
    assert decide([link("a", 1, JOIN - 0.1)], {}, ()).joins is None


def test_one_recycled_value_melts_no_two_rings_together() -> None:
    grown = [link("a", GROWN, 20.0, PLATE), link("b", GROWN, 15.0, HOTLINE)]
    decision = decide(grown, {}, ())
    assert decision.joins == grown[0]
    assert (decision.merges, decision.possible) == ((), (grown[1],))
    # The same fact again is no second one; another fact is.
    assert decide(grown, {"b": [HOTLINE]}, ()).merges == ()
    assert decide(grown, {"b": [PLATE] * BRIDGES}, ()).merges == (grown[1],)
    assert decide(grown, {"b": [PLATE]}, {("a", "b")}).merges == ()
    assert decide(grown, {"b": [PLATE]}, (), {"b"}).merges == ()


def test_small_clusters_come_along() -> None:
    links = [link("a", 30, 9.0), link("b", 1, JOIN), link("c", 2, MERGE - 0.1), link("d", 2, MERGE)]
    decision = decide(links, {}, ())
    assert [one.cluster for one in decision.merges] == ["b", "d"]
    assert [one.cluster for one in decision.possible] == ["c"]


def test_what_people_keep_apart_does_not_meet_in_a_third_case() -> None:
    best, *rivals = links = [link(one, 3, 40.0) for one in ("x", "c", "a", "b")]
    decision = decide(links, {}, {("a", "c")})
    assert decision.joins == best
    assert [one.cluster for one in decision.merges] == ["c", "b"]
    assert decision.possible == (rivals[1],)
