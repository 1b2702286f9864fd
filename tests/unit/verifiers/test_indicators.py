"""Indicators compare as people mean them, whatever was typed."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.indicators import IndicatorKind
from verifiers import aliases, plates
from verifiers.indicators import LONGEST, Claims, Indicator, find_indicators, value_of

Kind = IndicatorKind
COUNTRIES = ("TW", "CN", "HK", "IN", "GB", "US", "DE")

SAME = [
    (Kind.PHONE, "TW", "+886912345678", ["0912 345 678", "+886-912-345-678", "８８６912345678"]),
    (Kind.PHONE, "TW", "+886912345678", ["٠٩١٢٣٤٥٦٧٨"]),
    (Kind.PHONE, "CN", "+8613812345678", ["138 1234 5678", "+86 138-1234-5678"]),
    (Kind.PHONE, "CN", "95588", ["95588", "9 5 5 8 8"]),
    (Kind.PHONE, "TW", "110", ["110"]),
    (Kind.PLATE, "TW", "ABC1234", ["abc-1234", "ＡＢＣ１２３４", "A8C·I234", "車牌 ABC 1234 號"]),
    (Kind.PLATE, "TW", "1234AB", ["1234-AB", "I234-A8"]),
    (Kind.PLATE, "TW", "000000", ["OOO-OOO"]),  # two patterns fit as badly, so only O is read
    (Kind.PLATE, "CN", "粤B12345", ["粤B·12345", "粵b 12345", "粵B-I2345"]),
    (Kind.PLATE, "CN", "粤BD12345", ["粤B D12345", "粵BD·12345"]),
    (Kind.PLATE, "HK", "粤Z1234港", ["粵Z 1234港"]),
    (Kind.PLATE, "HK", "AB1234", ["ab 1234", "A8 I234"]),
    (Kind.PLATE, "IN", "MH01AB0012", ["MH 1 AB 12", "mh-01-ab-0012", "MHO1AB0O12"]),
    (Kind.PLATE, "GB", "AB12CDE", ["ab12 cde", "ABI2 CDE"]),
    (Kind.PLATE, "US", "7ABC123", ["7abc-I23", "7ABC 123"]),
    (Kind.BADGE, "TW", "b-1001", ["B-1001", "ｂ- 1001"]),
    (
        Kind.ALIAS,
        "TW",
        "wangdaming",
        ["王大明", "汪達銘先生", "Wang Da-Ming", "WÁNG Dàmíng", "Mr. Wang Daming"],
    ),
    (Kind.ALIAS, "TW", "lubu", ["呂布", "吕布", "Lü Bu"]),
    (Kind.ALIAS, "TW", "chenxiansheng", ["陳先生", "陈 先生"]),
    (
        Kind.AGENCY,
        "TW",
        "安心资产管理",
        ["安心資產管理股份有限公司", "安心资产管理有限公司", "安心資產管理"],
    ),
    (Kind.AGENCY, "GB", "easeassets", ["Ease Assets Co., Ltd.", "EASE ASSETS PLC"]),
    (Kind.AGENCY, "TW", "公司", ["公司"]),  # all of it is a legal form: then it is the name
    (Kind.PAYEE, "TW", "012345678901", ["012-345-678901", "王大明 012 345 678 901"]),
    (Kind.PAYEE, "GB", "GB29NWBK60161331926819", ["GB29 NWBK 6016 1331 9268 19"]),
    (Kind.PAYEE, "TW", "王大明", ["王大明", " 王 大 明 "]),
    (Kind.PAYEE, "IN", "ravioksbi", ["ravi@oksbi"]),
    (
        Kind.URL,
        "TW",
        "evil.example/login?a=1",
        [
            "https://EVIL.example/login?a=1",
            "evil.example/login/?a=1",
            "http://u@www.evil.example:80/%6Cogin?a=1#x",
        ],
    ),
    (Kind.URL, "TW", "evil.example:8443/a", ["https://evil.example:8443/a"]),
    (Kind.URL, "TW", "1.2.3.4/x", ["http://1.2.3.4/x"]),
    (Kind.URL, "TW", "[::1]/x", ["http://[::1]/x"]),
    (
        Kind.CODE_ORIGIN,
        "TW",
        "evil.example",
        ["https://a.b.evil.example/v/1", "evil.example"],
    ),
    (Kind.CODE_ORIGIN, "TW", "evil.com.tw", ["x.evil.com.tw"]),
    (Kind.CODE_ORIGIN, "TW", "evil.github.io", ["https://evil.github.io/a"]),
    (Kind.CODE_ORIGIN, "TW", "1.2.3.4", ["http://1.2.3.4:81/v/1"]),
    (Kind.CODE_ORIGIN, "TW", "[::1]", ["http://[::1]:81/v/1"]),
]


@pytest.mark.parametrize(
    ("kind", "country", "value", "text"),
    [(kind, country, value, text) for kind, country, value, texts in SAME for text in texts],
)
def test_what_is_the_same_has_one_value(kind: Kind, country: str, value: str, text: str) -> None:
    assert value_of(kind, text, country) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.PHONE, "call me"),
        (Kind.PHONE, "B-12"),
        (Kind.PLATE, "白色"),
        (Kind.ALIAS, "…"),
        (Kind.BADGE, " "),
        (Kind.AGENCY, "--"),
        (Kind.PAYEE, "--"),
        (Kind.URL, "javascript:alert(1)"),
        (Kind.URL, "https://[x]/"),
        (Kind.URL, "https://[::x]/"),
        (Kind.URL, "https://evil.example:99999/"),
        (Kind.URL, "me@evil.example"),
        (Kind.URL, "some words.here"),
        (Kind.URL, "hello"),
        (Kind.URL, f"https://{'x' * 70}.example/"),
        (Kind.CODE_ORIGIN, "hello"),
    ],
)
def test_what_says_nothing_of_its_kind_has_no_value(kind: Kind, text: str) -> None:
    assert value_of(kind, text, "TW") is None


def test_other_plates_and_names_stay_others() -> None:
    assert len({plates.fold(one, "TW") for one in ("ABC-1234", "ABD-1234", "1234-AB")}) == 3
    assert plates.fold("粤B12345", "CN") != plates.fold("沪B12345", "CN")
    assert aliases.sound("王大明") != aliases.sound("王小明")
    assert aliases.fold("王大明") != aliases.fold("汪大明")
    long = [value_of(Kind.URL, f"evil.example/{'x' * 300}{end}", "TW") for end in "ab"]
    assert long[0] != long[1]


def test_each_fact_of_a_report_is_there_once() -> None:
    claims = Claims(
        name="王大明",
        agency="安心資產管理",
        organisation="安心資產管理股份有限公司",
        phone="x",
        url="https://evil.example/",
    )
    assert find_indicators(claims, "TW") == (
        Indicator(Kind.ALIAS, "wangdaming", "王大明"),
        Indicator(Kind.AGENCY, "安心资产管理", "安心資產管理"),
        Indicator(Kind.URL, "evil.example", "https://evil.example/"),
        Indicator(Kind.CODE_ORIGIN, "evil.example", "https://evil.example/"),
    )
    assert find_indicators(Claims(), "TW") == ()


@given(st.sampled_from(Kind), st.text() | st.just("\ud800") | st.text("0Oo1I粵B-./:@[]"))
def test_any_text_gives_a_storable_value_or_none(kind: Kind, text: str) -> None:
    for country in COUNTRIES:
        value = value_of(kind, text, country)
        assert value is None or (0 < len(value) <= LONGEST and value.isprintable())


@given(st.sampled_from(COUNTRIES), st.text("ABO01I58SZ2Q粤D港"))
@example("TW", "0I000Q")  # two patterns fit as badly; with I read as 1, one fits better
def test_a_plate_s_value_is_its_own_value(country: str, text: str) -> None:
    once = plates.fold(text, country)
    assert plates.fold(once, country) == once
