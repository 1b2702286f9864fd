"""Two clusters that tell of different people are not one, whatever a report shares with both."""

import pytest

from domain.links import KeyKind
from tests.unit.verifiers.test_links import told
from verifiers.clashes import clash
from verifiers.profiles import Profile, profile_of
from verifiers.spoken_names import hear
from verifiers.traits import Key

BADGE: Key = (KeyKind.BADGE, "800041")
PLATE: Key = (KeyKind.PLATE, "ABC1234")


def of(many: int, *keys: Key, name: str | None = None) -> Profile:
    heard = None if name is None else hear(name)
    return profile_of([told(f"{keys}{at}", *keys, name=heard) for at in range(many)])


def test_the_more_a_case_has_one_badge_the_less_it_is_of_another() -> None:
    other = of(2, BADGE)
    once, often = (clash(of(many, (KeyKind.BADGE, "800000")), other) for many in (2, 50))
    assert often < once < 0
    assert clash(other, of(50, (KeyKind.BADGE, "800000"))) == often  # from either side
    # Who has shown ten badges may well show an eleventh.
    several = profile_of([told(f"r{at}", (KeyKind.BADGE, f"80{at:04}")) for at in range(10)])
    assert once < clash(several, of(1, BADGE)) <= 0


def test_another_name_speaks_against_it() -> None:
    chen = of(20, name="陳志明")
    assert clash(chen, of(3, name="林美玲")) < -3
    assert clash(chen, of(3, name="Chen Chih-ming")) == 0  # the same by ear
    assert clash(chen, of(3, name="陳先生")) == 0  # perhaps he


def test_a_name_is_found_among_however_many() -> None:
    names = [
        "陳志明",
        "林美玲",
        "黃淑芬",
        "張家豪",
        "李雅婷",
        "王建宏",
        "吳怡君",
        "劉俊傑",
        "蔡佩珊",
    ]
    names += ["楊宗翰", "許惠雯", "鄭國榮", "謝欣怡", "郭文雄", "洪詩涵"]
    many = profile_of([told(f"r{at}", name=hear(one), at=at) for at, one in enumerate(names)])
    assert clash(many, of(3, name=names[-1])) == clash(of(3, name=names[-1]), many) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (of(9, BADGE, PLATE), of(9, BADGE)),  # they share it
        (of(9, PLATE), of(9, BADGE)),  # nothing to compare
        (of(9, PLATE), of(9, (KeyKind.PLATE, "ABC1235"))),  # misread
        (of(9), of(9, BADGE)),
    ],
)
def test_what_does_not_differ_speaks_against_nothing(one: Profile, other: Profile) -> None:
    assert clash(one, other) == 0
