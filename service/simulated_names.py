"""Names as simulated people bear them, and as others hear and write them.

The confusions are a table of our own, written from how Mandarin is misheard, and not the folding
that links reports: a simulation that misheard exactly what the linker forgives would flatter it.
"""

from random import Random
from typing import Final

import opencc
import pypinyin

from domain.states import Language

# Surnames of Taiwan with their share of the population, in percent, rounded (household registers).
_SURNAMES: Final = {
    "陳": 11.2, "林": 8.3, "黃": 6.0, "張": 5.3, "李": 5.1, "王": 4.1, "吳": 4.0, "劉": 3.2,
    "蔡": 2.9, "楊": 2.7, "許": 2.3, "鄭": 1.9, "謝": 1.8, "洪": 1.5, "郭": 1.5, "邱": 1.5,
    "曾": 1.4, "廖": 1.4, "賴": 1.3, "徐": 1.3, "周": 1.2, "葉": 1.2, "蘇": 1.1, "莊": 1.0,
    "江": 0.9, "呂": 0.9, "何": 0.9, "蕭": 0.8, "羅": 0.8, "高": 0.8, "潘": 0.6, "簡": 0.6,
    "朱": 0.6, "鍾": 0.6, "彭": 0.6, "游": 0.6, "詹": 0.5, "胡": 0.5, "施": 0.5, "沈": 0.5,
    "余": 0.5, "趙": 0.4, "盧": 0.4, "梁": 0.4, "顏": 0.4, "柯": 0.4, "翁": 0.3, "魏": 0.3,
}  # fmt: skip
# Earlier characters are likelier, as fashion has it: full names collide like real ones.
_FIRST: Final = "志家俊怡雅建文淑美佳宗冠柏承惠麗欣詩宜彥信育哲士國永正玉秀嘉世振榮金秋春月素"
_SECOND: Final = "明君豪宏玲婷偉傑芬翰廷華宇賢惠珍芳蓉儀文雄輝德龍昌祥穎瑋銘萱如安成勳霖菁娟梅英雲"
_FADE: Final = 0.93
"""Each next character is this much rarer than the one before it."""
_HEARD: Final = (
    "志智治致誌至", "明銘鳴名", "家嘉佳加", "俊駿峻郡", "建健見劍", "文雯聞紋", "宗忠中鍾宋",
    "冠貫觀官", "柏伯博", "承成誠程", "雅亞", "淑書舒叔", "怡宜儀依頤", "美梅玫", "惠慧蕙會",
    "麗莉力俐", "欣心馨新星", "詩思司師", "玲鈴凌靈琳", "君鈞軍均", "婷庭廷亭", "芬分紛",
    "珍真貞楨", "華樺化", "芳方坊", "蓉榮融容", "豪浩皓昊毫", "宏弘鴻紅", "偉瑋緯維", "傑杰捷",
    "翰漢瀚", "宇羽雨語", "賢閒弦咸", "陳程沉", "林凌霖", "黃皇王", "張章彰", "李理里", "吳伍武",
    "劉柳留", "蔡菜", "楊洋陽", "許徐旭", "鄭正政", "謝解", "洪紅宏", "郭國", "邱丘秋", "曾增",
    "廖料", "賴來", "周洲", "葉夜", "蘇書", "莊裝", "江姜將", "呂旅", "何和河", "蕭肖", "羅洛",
    "彥燕諺", "信訊", "育玉裕", "哲哲浙", "士世仕", "國郭", "永勇詠", "秀繡", "振鎮震", "德得",
    "龍隆", "昌長", "祥翔詳", "穎影", "萱軒", "如儒", "安恩", "勳訓薰", "菁晶青", "娟絹", "英瑛鷹",
)  # fmt: skip
_SOUNDS_LIKE: Final = {one: group for group in _HEARD for one in group}
# What a surname is in passports: by Wade-Giles, by pinyin, as in Hokkien or Cantonese.
_LATIN: Final = {
    "陳": ("Chen", "Chan", "Tan"), "林": ("Lin", "Lam", "Lim"), "黃": ("Huang", "Wong", "Ng"),
    "張": ("Chang", "Zhang", "Cheung"), "李": ("Lee", "Li"), "王": ("Wang", "Wong", "Ong"),
    "吳": ("Wu", "Ng", "Goh"), "劉": ("Liu", "Lau", "Low"), "蔡": ("Tsai", "Cai", "Choi"),
    "楊": ("Yang", "Yeung"), "許": ("Hsu", "Xu", "Hui"), "鄭": ("Cheng", "Zheng", "Tay"),
    "謝": ("Hsieh", "Xie", "Tse"), "洪": ("Hung", "Hong"), "郭": ("Kuo", "Guo", "Kwok"),
    "邱": ("Chiu", "Qiu"), "曾": ("Tseng", "Zeng", "Tsang"), "廖": ("Liao", "Liu"),
    "徐": ("Hsu", "Xu", "Tsui"), "周": ("Chou", "Zhou", "Chow"), "葉": ("Yeh", "Ye", "Yip"),
}  # fmt: skip
_OLDER: Final = (
    ("zhi", "chih"), ("shi", "shih"), ("zh", "ch"), ("q", "ch"), ("x", "hs"), ("j", "ch"),
    ("r", "j"), ("g", "k"), ("d", "t"), ("b", "p"),
)  # fmt: skip
"""Pinyin beginnings as Wade-Giles writes them, tones and apostrophes left out."""
_SIMPLIFY: Final = opencc.OpenCC("t2s")
_TITLES: Final = {
    Language.TRADITIONAL: ("先生", "小姐", "專員"),
    Language.SIMPLIFIED: ("先生", "小姐", "专员"),
}


def make_name(random: Random) -> str:
    """Return a full name in traditional characters; popular ones come again and again."""
    surname = random.choices(list(_SURNAMES), list(_SURNAMES.values()))[0]
    return surname + _fashionable(random, _FIRST) + _fashionable(random, _SECOND)


def hear_name(random: Random, name: str, language: Language) -> str:
    """Return a name as somebody writes it who heard it at a door, in this language."""
    heard = "".join(_mishear(random, one) for one in name)
    if language is Language.ENGLISH and random.random() < 0.7:  # noqa: PLR2004 - most write Latin
        return _in_latin(random, name)
    if random.random() < 0.08:  # noqa: PLR2004 - only the surname stuck
        titles = _TITLES.get(language, ("先生",))
        heard = heard[0] + random.choice(titles)
    return simplified(heard) if language is Language.SIMPLIFIED else heard


def simplified(text: str) -> str:
    """Return a text in simplified characters."""
    return str(_SIMPLIFY.convert(text))


def mistype(random: Random, text: str) -> str:
    """Return a text with one slip of the finger: a character missing, twice, or two swapped."""
    if len(text) < 4:  # noqa: PLR2004 - too short to slip in
        return text
    at = random.randrange(1, len(text) - 1)
    match random.randrange(3):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at] + text[at:]
        case _:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _fashionable(random: Random, characters: str) -> str:
    weights = [_FADE**at for at in range(len(characters))]
    return random.choices(characters, weights)[0]


def _mishear(random: Random, character: str) -> str:
    if random.random() < 0.15:  # noqa: PLR2004 - about one in seven characters is written wrongly
        return random.choice(_SOUNDS_LIKE.get(character, character))
    return character


def _in_latin(random: Random, name: str) -> str:
    surname, given = name[0], list(name[1:])
    syllables = [pypinyin.lazy_pinyin(one)[0] for one in given]
    # Nobody changes the system within one name.
    if random.random() < 0.5:  # noqa: PLR2004 - both are common
        syllables = [_in_older(one) for one in syllables]
    own = pypinyin.lazy_pinyin(surname)[0].capitalize()
    family = random.choice(_LATIN.get(surname, (own,)))
    first = random.choice(("-", " ", "")).join(syllables).capitalize()
    full = random.choice((f"{family} {first}", f"{first} {family}", f"Mr {family}", family))
    return mistype(random, full) if random.random() < 0.12 else full  # noqa: PLR2004 - typed on a phone


def _in_older(syllable: str) -> str:
    for pinyin, older in _OLDER:
        if syllable.startswith(pinyin):
            return older + syllable.removeprefix(pinyin)
    return syllable
