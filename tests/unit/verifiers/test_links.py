"""What ties a report to a case, and what must not."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.links import Ground, KeyKind
from verifiers.backgrounds import Background, background_of
from verifiers.case_decisions import decide
from verifiers.link_weights import BRIDGES, GROWN, JOIN, JOIN_AT_LAST, MERGE, WEIGHTS
from verifiers.links import find_links
from verifiers.neighbourhoods import Carriers, Link, Neighbourhood, Reason
from verifiers.profiles import profile_of
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


def around(
    new: Traits, *clusters: Sequence[Traits], cut_off: bool = False, usual: float | None = 0.001
) -> Neighbourhood:
    found = {members[0].report_id: members for members in clusters}
    carriers = {}
    for key in new.found_by():
        having = [
            (one.at, cluster)
            for cluster, members in found.items()
            for one in members
            if key in set(one.found_by())
        ]
        carriers[key] = Carriers(
            [cluster for _, cluster in having], [at for at, _ in having], not cut_off
        )
    profiles = {cluster: profile_of(members) for cluster, members in found.items()}
    return Neighbourhood(profiles, carriers, None if new.place is None else usual)


def everybody(*more: Traits) -> Background:
    """Fifty reports a day that say nothing of interest, and some that do."""
    plain = [told(f"x{at}", at=at * DAY / 50) for at in range(1000)]
    return background_of([*plain, *more])


def best(
    new: Traits,
    *clusters: Sequence[Traits],
    cut_off: bool = False,
    background: Background | None = None,
) -> Link:
    found = around(new, *clusters, cut_off=cut_off)
    return find_links(new, found, background or everybody())[0]


def grounds_of(link: Link) -> set[Ground]:
    return {one.ground for one in link.reasons}


def test_a_rare_value_joins_and_says_why() -> None:
    new = told("new", PLATE, at=3 * 3600, place=HOME)
    link = best(new, [told("old", PLATE, place=Place(25.041, 121.56))])
    assert link.bits >= JOIN
    reason = next(one for one in link.reasons if one.ground is Ground.SAME_PLATE)
    assert (reason.report_id, reason.key, reason.hours) == ("old", PLATE, 3)
    assert reason.metres == pytest.approx(1223, abs=5)
    assert Ground.NEAR in grounds_of(link)


def test_the_same_street_on_the_same_day_is_next_door() -> None:
    new = told("new", PLATE, at=3 * 3600, place=HOME)
    near = Place(25.031, 121.56)
    alone, sure = (best(new, [told("old", *keys, place=near)]) for keys in ((), (PLATE,)))
    assert alone.bits < JOIN  # a place proves little
    assert sure.bits >= JOIN
    one, other = (
        next(one for one in link.reasons if one.ground is Ground.NEXT_DOOR)
        for link in (alone, sure)
    )
    assert one.bits == other.bits > 0
    assert (other.metres, other.hours) == (111, 3)
    assert (one.metres, one.hours) == (None, None)  # nobody reads of it


@pytest.mark.parametrize("cut_off", [False, True])
def test_what_everybody_shares_proves_nothing(*, cut_off: bool) -> None:
    strangers = [[told(f"r{at}", HOTLINE, at=at * DAY / 4)] for at in range(40)]
    link = best(told("new", HOTLINE, at=10 * DAY), *strangers, cut_off=cut_off)
    assert link.bits < JOIN


def test_what_a_whole_case_shares_is_no_common_value() -> None:
    case = [told(f"r{at}", PLATE, at=at * DAY) for at in range(40)]
    link = best(told("new", PLATE, at=40 * DAY), case, cut_off=True)
    assert (link.cluster, link.size) == ("r0", 40)
    assert link.bits > JOIN


def test_a_recycled_number_far_away_and_long_ago_does_not_join() -> None:
    phone: Key = (KeyKind.PHONE, "+886912345678")
    old = told(
        "old", phone, (KeyKind.PLATE, "XYZ9876"), place=Place(22.6, 120.3), name=hear("林美玲")
    )
    new = told("new", phone, PLATE, at=90 * DAY, place=HOME, name=hear("陳志明"))
    link = best(new, [old])
    assert {
        Ground.FAR, Ground.LONG_AGO, Ground.OTHER_NAME, Ground.OTHER_PLATE
    } <= grounds_of(link)  # fmt: skip
    assert link.bits < JOIN


def test_a_number_read_in_a_hurry_is_nearly_the_same() -> None:
    old = told("old", (KeyKind.PHONE, "+886912345678"), (KeyKind.BADGE, "B48213"))
    hurried = told("new", (KeyKind.PHONE, "+886912345978"), (KeyKind.BADGE, "8213"))
    unlike = told("new", (KeyKind.PHONE, "+886987654321"), (KeyKind.BADGE, "T9"))
    assert [one.ground for one in best(hurried, [old]).reasons] == [Ground.MISREAD] * 2
    assert grounds_of(best(unlike, [old])) == {Ground.OTHER_PHONE, Ground.OTHER_BADGE}
    # A colleague has the next badge.
    colleague = told("new", (KeyKind.BADGE, "B48214"))
    assert grounds_of(best(colleague, [old])) == {Ground.OTHER_BADGE}
    # Accounts and addresses are copied, not remembered.
    paid = told("old", (KeyKind.PAYEE, "822123456789"), (KeyKind.CODE_ORIGIN, "https://a1.test"))
    other = told("new", (KeyKind.PAYEE, "822123456780"), (KeyKind.CODE_ORIGIN, "https://a2.test"))
    assert grounds_of(best(other, [paid])) == {Ground.OTHER_PAYEE, Ground.OTHER_CODE_ORIGIN}


def test_a_case_of_many_numbers_may_have_one_more() -> None:
    one_phone = [told(f"r{at}", HOTLINE, at=at) for at in range(8)]
    phones: list[Key] = [(KeyKind.PHONE, f"+88691200{at}{at}{at}{at}") for at in range(8)]
    many = [told(f"r{at}", phones[at], at=at) for at in range(8)]
    new = told("new", (KeyKind.PHONE, "+886955667788"))
    assert best(new, many).bits > best(new, one_phone).bits + 1


def test_stories_are_compared_in_their_own_language_only() -> None:
    words = frozenset({"說要", "核對", "貸款", "資料"})
    chinese = told("a", words=words, asked_for=frozenset({"cash"}))
    english = told(
        "b", words=frozenset({"loan", "papers", "checked"}), asked_for=frozenset({"entry"})
    )
    same = told("c", words=words, asked_for=frozenset({"cash"}))
    others = [
        told(f"o{at}", words=frozenset({"今天", "有人", "按門"}), asked_for=frozenset({"entry"}))
        for at in range(50)
    ]
    background = everybody(chinese, *others)
    links = find_links(same, around(same, [chinese], [english]), background)
    assert {link.cluster: grounds_of(link) for link in links} == {
        "a": {Ground.SIMILAR_STORY, Ground.ASKED_ALIKE},
        "b": set(),
    }


def test_words_that_come_together_prove_once() -> None:
    phrase = frozenset({"說要核", "要核對", "核對貸", "對貸款"})
    alone = frozenset({"戴口罩"})
    usual = [told(f"u{at}", words=phrase | {f"甲{at}"}) for at in range(6)]
    usual += [told(f"m{at}", words=alone | {"乙", f"丙{at}"}) for at in range(6)]
    others = [told(f"o{at}", words=frozenset({f"丁{at}", "戊", "己"})) for at in range(300)]
    background = everybody(*usual, *others)
    new = told("new", words=phrase | alone)
    told_in = {len(one.words) for one in background.phrases(new).together}
    assert told_in == {len(phrase), len(alone)}
    case = [told(f"c{at}", words=phrase | alone) for at in range(5)]
    link = best(new, case, background=background)
    same = next(one for one in link.reasons if one.ground is Ground.SAME_STORY)
    assert same.report_id == "c4"
    unlike = best(told("new", words=frozenset({"乙", "說", "戴"}) | phrase), [
        told("c0", words=alone | {"甲", "丙"})
    ], background=background)  # fmt: skip
    assert Ground.OTHER_STORY in grounds_of(unlike)


def test_a_rare_word_proves_where_a_case_has_it() -> None:
    rare = frozenset({"dragon", "tattoo", "hand"})
    background = everybody(*(told(f"u{at}", words=frozenset("abc")) for at in range(30)))
    link = best(told("new", words=rare), [told("old", words=rare)], background=background)
    assert grounds_of(link) == {Ground.SIMILAR_STORY}
    other = best(
        told("new", words=rare), [told("old", words=frozenset("xyz"))], background=background
    )
    assert grounds_of(other) == set()  # what nobody else says is no sign of others


def test_agencies_and_surnames_count_a_little() -> None:
    new = told("new", agency="海港", name=hear("Mr Chen"))
    links = find_links(
        new,
        around(
            new,
            [told("same", agency="海港", name=hear("陳志明"))],
            [told("other", agency="信安", name=hear("林美玲"))],
        ),
        everybody(),
    )
    assert [grounds_of(link) for link in links] == [
        {Ground.SURNAME_ALIKE, Ground.SAME_AGENCY},
        {Ground.OTHER_NAME, Ground.OTHER_AGENCY},
    ]
    assert all(link.bits < JOIN for link in links)


def test_a_name_that_sounds_alike_counts_by_how_many_say_it() -> None:
    new = told("new", name=hear("陳志明"))
    heard = best(new, [told("old", name=hear("陳志麟"))])
    assert grounds_of(heard) == {Ground.SOUNDS_ALIKE}
    several = [
        told(f"r{at}", name=hear(name)) for at, name in enumerate(["陳志麟", *["林美玲"] * 9])
    ]
    assert best(new, several).reasons[0].bits < heard.reasons[0].bits


def test_every_ground_has_its_weight_and_reason() -> None:
    former = {Ground.SAME_TOWN, Ground.ASKED_OTHERWISE}  # of links from before
    assert set(Ground) - WEIGHTS.keys() == {Ground.FIRST, Ground.BY_HAND, *former}
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


def test_at_its_last_look_a_report_joins_by_less() -> None:
    weak, weaker = link("a", GROWN, JOIN - 0.1, PLATE), link("b", 1, JOIN_AT_LAST - 6)
    assert decide([weak, weaker], {}, ()) == decide([], {}, ())
    last = decide([weak, weaker], {}, (), least=JOIN_AT_LAST)
    assert (last.joins, last.merges, last.possible) == (weak, (), ())
    # What fits two as well is of neither even then, and no analyst is asked about weak ties.
    even = decide([weak, link("b", 1, weak.bits)], {}, (), least=JOIN_AT_LAST)
    assert even == decide([], {}, ())


def test_one_recycled_value_melts_no_two_rings_together() -> None:
    grown = [link("a", GROWN, 20.0, PLATE), link("b", GROWN, 15.0, HOTLINE)]
    decision = decide(grown, {}, ())
    assert decision.joins == grown[0]
    assert (decision.merges, decision.possible) == ((), (grown[1],))
    # The same fact again is no other one; as many different ones as it takes are.
    others: list[Key] = [(KeyKind.PAYEE, str(at)) for at in range(1, BRIDGES)]
    assert decide(grown, {"b": [HOTLINE] * BRIDGES}, ()).merges == ()
    assert decide(grown, {"b": others[1:]}, ()).merges == ()
    assert decide(grown, {"b": others}, ()).merges == (grown[1],)
    assert decide(grown, {"b": others}, {("a", "b")}).merges == ()
    assert decide(grown, {"b": others}, (), {"b"}).merges == ()


def test_a_desk_is_everybodys_before_many_have_told_of_it() -> None:
    bits = {
        number: next(
            one.bits
            for one in best(
                told("new", (KeyKind.PHONE, number)), [told("old", (KeyKind.PHONE, number))]
            ).reasons
            if one.ground is Ground.SAME_PHONE
        )
        for number in ("+886912345678", "+886800024365", "+886223456789", "1985")
    }
    pocket = bits.pop("+886912345678")
    assert set(bits.values()) == {bits["+886800024365"]}
    assert 0 < bits["+886800024365"] < pocket / 3


def test_what_fits_two_cases_as_well_is_of_neither() -> None:
    rivals = [link("a", GROWN, JOIN + 3), link("b", GROWN, JOIN + 3)]
    neither = decide(rivals, {}, ())
    assert (neither.joins, neither.possible) == (None, tuple(rivals))
    assert decide([rivals[0], link("b", GROWN, JOIN - 5)], {}, ()).joins == rivals[0]
    # Parts of one case are no rivals.
    small = [rivals[0], link("b", 1, JOIN + 3)]
    assert decide(small, {}, ()).merges == (small[1],)


def test_however_much_there_is_to_tell_it_is_decided() -> None:
    much = [link("a", GROWN, 3000.0), link("b", GROWN, 2000.0)]
    assert decide(much, {}, ()).joins == decide(much[:1], {}, ()).joins == much[0]


def test_small_clusters_come_along() -> None:
    links = [link("a", 30, 9.0), link("b", 1, JOIN), link("c", 2, MERGE - 0.1), link("d", 2, MERGE)]
    decision = decide(links, {}, ())
    assert [one.cluster for one in decision.merges] == ["b", "d"]
    assert [one.cluster for one in decision.possible] == ["c"]


def test_what_people_keep_apart_does_not_meet_in_a_third_case() -> None:
    best, *rivals = links = [
        link(one, 3, bits) for one, bits in (("x", 40.0), ("c", 20.0), ("a", 20.0), ("b", 20.0))
    ]
    decision = decide(links, {}, {("a", "c")})
    assert decision.joins == best
    assert [one.cluster for one in decision.merges] == ["c", "b"]
    assert decision.possible == (rivals[1],)
