"""Names as they sound across scripts and romanisations, for links that forgive a wrong ear.

`aliases.sound` makes homophones one; this goes further and is only ever evidence among others:
the same person is 陳志明, Chen Chih-ming and Mr Tan to three neighbours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

from verifiers import aliases

_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_TITLES: Final = re.compile(r"^(.)(先生|小姐|女士|太太|经理|主任|专员|课长|科长|组长|老师)$")
_LATIN_TITLE: Final = re.compile(r"^(mr|mrs|ms|miss|dr)\.?\s+", re.IGNORECASE)
_WORD: Final = re.compile(r"[a-z]+")
# Surnames as Wade-Giles, Hokkien and Cantonese write them, by their pinyin.
_SURNAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "chan": "chen", "tan": "chen", "lam": "lin", "lim": "lin", "wong": "huang", "ng": "huang",
        "cheung": "zhang", "chang": "zhang", "lee": "li", "ong": "wang", "goh": "wu", "lau": "liu",
        "low": "liu", "tsai": "cai", "choi": "cai", "yeung": "yang", "hsu": "xu", "hui": "xu",
        "tay": "zheng", "cheng": "zheng", "hsieh": "xie", "tse": "xie", "hung": "hong",
        "kuo": "guo", "kwok": "guo", "chiu": "qiu", "tseng": "zeng", "tsang": "zeng",
        "tsui": "xu", "chou": "zhou", "chow": "zhou", "yeh": "ye", "yip": "ye", "chu": "zhu",
        "chuang": "zhuang", "chiang": "jiang", "hsiao": "xiao", "lo": "luo", "kao": "gao",
        "peng": "peng", "chien": "jian", "chung": "zhong", "shih": "shi", "yu": "yu",
        "ko": "ke", "liao": "liao", "lai": "lai", "su": "su", "lu": "lv", "ho": "he",
        "chen": "chen", "lin": "lin", "huang": "huang", "zhang": "zhang", "li": "li",
        "wang": "wang", "wu": "wu", "liu": "liu", "cai": "cai", "yang": "yang", "xu": "xu",
        "zheng": "zheng", "xie": "xie", "hong": "hong", "guo": "guo", "qiu": "qiu",
        "zeng": "zeng", "zhou": "zhou", "ye": "ye", "pan": "pan", "hu": "hu", "zhao": "zhao",
        "liang": "liang", "wei": "wei", "shen": "shen", "jiang": "jiang", "zhuang": "zhuang",
        "xiao": "xiao", "luo": "luo", "gao": "gao", "jian": "jian", "zhu": "zhu",
        "zhong": "zhong", "shi": "shi", "ke": "ke", "he": "he", "weng": "weng", "yan": "yan",
    }
)  # fmt: skip
# What an ear or a romanisation confuses, the longer first.
_CONFUSED: Final = (
    (re.compile(r"hs|sh|x"), "s"),
    (re.compile(r"zh|ch|ts|q|j|z"), "c"),
    (re.compile(r"ng"), "n"),
    (re.compile(r"ih"), "i"),
    (re.compile(r"b"), "p"),
    (re.compile(r"d"), "t"),
    (re.compile(r"g"), "k"),
    (re.compile(r"ien"), "ian"),
    (re.compile(r"un\b|ong?"), "on"),
    (re.compile(r"r"), "c"),
    (re.compile(r"iu|iou"), "iu"),
)
_VOWELS: Final = re.compile(r"[aeiouvyh]+")


@dataclass(frozen=True, slots=True)
class SpokenName:
    """A name by ear: `sound` is the given name, folded; empty where only the surname is known."""

    surname: str
    given: str

    @property
    def whole(self) -> str:
        """The name as it sounds."""
        return f"{self.surname}.{self.given}"

    @property
    def skeleton(self) -> str:
        """Its consonants, by which an index finds other hearings of the same name."""
        return f"{self.surname}.{_VOWELS.sub('', self.given)}"


def hear(name: str) -> SpokenName | None:
    """Return a claimed name by ear, or None when there is nothing of a name in it."""
    folded = aliases.fold(name)
    if _CHINESE.search(folded):
        # `aliases.fold` keeps a title that only a surname stands before; here it is no name.
        bare = _TITLES.sub(r"\1", "".join(_CHINESE.findall(folded)))
        surname, *given = lazy_pinyin(bare, v_to_u=False)
        return SpokenName(_fold(surname), _fold("".join(given)))
    words = _WORD.findall(_LATIN_TITLE.sub("", name.strip()).casefold())
    if not words:
        return None
    # The family name comes first or last; the known one decides, else the first.
    if words[0] not in _SURNAMES and words[-1] in _SURNAMES:
        words = [words[-1], *words[:-1]]
    surname = _SURNAMES.get(words[0], words[0])
    return SpokenName(_fold(surname), _fold("".join(words[1:])))


def likeness(one: SpokenName, other: SpokenName) -> float:
    """Return how alike two given names sound, 0 to 1; 0 where either is unknown."""
    if not one.given or not other.given:
        return 0.0
    return fuzz.ratio(one.given, other.given) / 100


def _fold(sound: str) -> str:
    for confused, plain in _CONFUSED:
        sound = confused.sub(plain, sound)
    return sound
