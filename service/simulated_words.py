"""What simulated reporters write: stories in three languages, told by people who differ.

Stories are shared: unlike rings tell the same one, so that words alone prove nothing.
"""

from random import Random
from typing import Final

from domain.reports import AskedFor
from domain.states import Language
from service.simulated_names import mistype, simplified

_A: Final = AskedFor
# What the visitor said (traditional, English), and what he asked for.
STORIES: Final = (
    ("說要核對貸款資料", "said he had to check the loan papers", (_A.DOCUMENTS,)),
    ("要我出示身分證和存摺", "wanted to see my ID card and passbook", (_A.DOCUMENTS,)),
    ("說房貸逾期要到府了解", "said the mortgage was overdue and he had to talk", (_A.ENTRY,)),
    ("要我在文件上簽名", "wanted my signature on a form", (_A.SIGNATURE,)),
    ("說今天付現金可以打折", "said there was a discount for cash today", (_A.CASH,)),
    ("要我馬上轉帳到指定帳戶", "told me to transfer money at once", (_A.TRANSFER,)),
    ("說帳戶被盜用要保管提款卡", "said my account was hacked and took the card", (_A.PASSWORD,)),
    ("要我念簡訊裡的驗證碼給他", "asked me to read him the code sent to me", (_A.ONE_TIME_CODE,)),
    ("說有低利貸款要先付手續費", "offered a cheap loan against a fee", (_A.CASH, _A.TRANSFER)),
    ("說不還錢就要查封家裡", "threatened to seize our things", (_A.CASH, _A.ENTRY)),
    ("拿平板要我掃碼登入網銀", "had a tablet and wanted me to log in", (_A.PASSWORD,)),
    ("說是幫長輩辦補助", "said he helped old people get a subsidy", (_A.DOCUMENTS, _A.SIGNATURE)),
    ("說要換新的存摺", "said the passbook had to be exchanged", (_A.DOCUMENTS,)),
    ("一直按門鈴說要進來談", "kept ringing and wanted to come in", (_A.ENTRY,)),
)  # fmt: skip
LOOKS: Final = (
    ("穿深色西裝", "in a dark suit"), ("戴口罩和鴨舌帽", "with a mask and a cap"),
    ("穿白襯衫掛識別證", "in a white shirt with a lanyard"), ("拿黑色公事包", "with a black case"),
    ("兩個人一起來", "there were two of them"), ("開白色轎車", "came in a white car"),
    ("騎機車來", "came on a scooter"), ("中年男子有鬍子", "middle-aged with a beard"),
    ("年輕女生", "a young woman"), ("講話很急", "was in a great hurry"),
    ("穿反光背心", "in a reflective vest"), ("左手有刺青", "with a tattoo on the left hand"),
)  # fmt: skip
_NOISE: Final = (
    ("有人按門鈴但是沒說話", "somebody rang and said nothing"),
    ("一直打電話來說是銀行", "keeps calling and says it is the bank"),
    ("送包裹的人說要簽收", "a courier wanted a signature"),
    ("社區裡有陌生人走來走去", "a stranger walks around the block"),
    ("收到簡訊說貸款核准", "got a text that a loan was approved"),
    ("問卷調查的人問很多問題", "a pollster asked too many questions"),
    ("瓦斯檢查的人沒有證件", "the gas inspector had no card"),
    ("說找錯門就走了", "said it was the wrong door and left"),
)
_LITTLE: Final = (("可疑的人", "suspicious man"), ("有人來", "someone came"), ("不知道", "?"))
_OPENINGS: Final = (
    ("今天", "Today "), ("昨天下午", "Yesterday afternoon "), ("剛剛", "Just now "),
    ("晚上七點多", "After seven in the evening "), ("", ""), ("有一位", "A man "),
    ("我媽媽說", "My mother says "),
)  # fmt: skip
_CLOSINGS: Final = (
    ("很害怕", "I was scared"), ("我沒有開門", "I did not open"), ("請幫忙查證", "please check"),
    ("後來他就走了", "then he left"), ("", ""), ("鄰居也看到了", "the neighbour saw it, too"),
    ("不知道是不是真的", "is this real?"),
)  # fmt: skip


def tell(random: Random, story: int, look: int, language: Language) -> str:
    """Return a description of a visit; a third of the people leave out how the visitor looked."""
    chinese, english, _ = STORIES[story]
    said = english if language is Language.ENGLISH else chinese
    seen = LOOKS[look] if random.random() < 0.65 else ("", "")  # noqa: PLR2004 - two in three look
    return _compose(random, said, seen, language)


def tell_noise(random: Random, language: Language) -> str:
    """Return a description of something that no impostor did."""
    what = random.choice(_NOISE)
    return _compose(random, what[0 if language is not Language.ENGLISH else 1], ("", ""), language)


def tell_little(random: Random, language: Language) -> str:
    """Return what people write who write next to nothing."""
    said = random.choice(_LITTLE)
    return said[1] if language is Language.ENGLISH else said[0]


def _compose(random: Random, said: str, seen: tuple[str, str], language: Language) -> str:
    opening, closing = random.choice(_OPENINGS), random.choice(_CLOSINGS)
    if language is Language.ENGLISH:
        parts = [f"{opening[1]}he {said}" if not opening[1] else f"{opening[1]}{said}"]
        text = ", ".join(one for one in (*parts, seen[1], closing[1]) if one)
        return mistype(random, text) if random.random() < 0.2 else text  # noqa: PLR2004 - one in five slips
    parts = [f"{opening[0]}{said}", seen[0], closing[0]]
    if random.random() < 0.3:  # noqa: PLR2004 - not everybody tells in order
        random.shuffle(parts)
    text = ",".join(one for one in parts if one)
    return simplified(text) if language is Language.SIMPLIFIED else text
