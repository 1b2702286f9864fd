"""What each TLP level carries: one table, and nothing outside it."""

import itertools

import pytest

from domain.exports import PLACE_DECIMALS, SHOWN_FROM, Tlp, may_show, precision_of
from domain.reports import ReportKind
from service.exported_reports import COLUMNS

STRANGER, OURS = ReportKind.IMPERSONATION, ReportKind.MISCONDUCT
NEVER = ("contact", "place", "address", "evidence", "tracking", "verification", "note", "message")


def carried(tlp: Tlp, kind: ReportKind = STRANGER) -> set[str]:
    return {part for part in SHOWN_FROM if may_show(part, tlp, kind)}


def test_the_table_is_the_export() -> None:
    assert set(COLUMNS) == SHOWN_FROM.keys()
    assert all(reason for _, reason in SHOWN_FROM.values())
    assert not [one for one in COLUMNS if one.removesuffix("_count") in NEVER[:3]]


def test_each_level_carries_what_the_one_before_does_and_more_than_clear() -> None:
    levels = [carried(tlp) for tlp in Tlp]
    assert all(one <= other for one, other in itertools.pairwise(levels))
    assert [len(one) for one in levels] == [13, 16, 22, 23, 23]


@pytest.mark.parametrize("tlp", [Tlp.CLEAR, Tlp.GREEN])
def test_who_may_publish_gets_indicators_and_no_names(tlp: Tlp) -> None:
    assert {"phone", "plate", "url"} <= carried(tlp)
    private = {"claimed_name", "payee", "description", "occurred_at", "language"}
    assert carried(tlp).isdisjoint(private)


def test_free_words_stay_in_the_organisation() -> None:
    assert [tlp for tlp in Tlp if "description" in carried(tlp)] == [Tlp.AMBER_STRICT, Tlp.RED]


def test_our_own_people_are_named_to_the_organisation_alone() -> None:
    about = carried(Tlp.RED) - carried(Tlp.AMBER, OURS)
    assert {"claimed_name", "badge_number", "phone", "plate"} <= about
    assert carried(Tlp.AMBER_STRICT, OURS) == carried(Tlp.AMBER_STRICT)


def test_a_place_is_an_area() -> None:
    assert {tlp: precision_of(tlp) for tlp in Tlp} == {
        Tlp.CLEAR: 10_000,
        Tlp.GREEN: 10_000,
        Tlp.AMBER: 1_000,
        Tlp.AMBER_STRICT: 1_000,
        Tlp.RED: 1_000,
    }
    for tlp, decimals in PLACE_DECIMALS.items():
        off = 111_320 * 0.5 * 10**-decimals  # metres a degree of latitude, at most
        assert (2 * off**2) ** 0.5 <= precision_of(tlp)
