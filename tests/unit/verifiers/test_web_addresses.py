"""A web address of somebody else is told from ours, and from what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.web_addresses import domain_of, foreign_domain, parse

OWN = ("https://verify.bank.example", "https://b.example:8443")


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://verify.bank.evil.example/v/1", "evil.example"),
        (" HTTP://EVIL.example", "evil.example"),
        ("https://verify.bank.example/v/1", None),
        ("https://other.bank.example", None),  # another host of our own domain
        ("https://x.b.example", None),
        ("evil.example/v/1", None),  # no whole address
        ("javascript:alert(1)", None),
        ("ftp://evil.example/", None),
        ("https://", None),
        ("", None),
    ],
)
def test_only_a_whole_address_of_others_is_foreign(text: str, domain: str | None) -> None:
    assert foreign_domain(text, OWN) == domain


def test_an_own_origin_without_a_domain_makes_nothing_ours() -> None:
    assert foreign_domain("https://evil.example", ("http://localhost:8000",)) == "evil.example"


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("com.tw", "com.tw"),
        ("a.com.tw", "a.com.tw"),
        ("b.a.com.tw", "a.com.tw"),
        ("b.a.tw", "a.tw"),
        ("b.a.github.io", "a.github.io"),
        ("192.0.2.7", "192.0.2.7"),
    ],
)
def test_the_domain_is_what_somebody_registered(host: str, domain: str) -> None:
    assert domain_of(host) == domain


@given(st.text() | st.from_regex(r"https?://[a-z0-9.:@\[\]/%-]*", fullmatch=True))
def test_any_text_is_an_address_or_none(text: str) -> None:
    found = parse(text)
    assert found is None or (found.domain and found.canonical)
    assert foreign_domain(text, OWN) != "bank.example"
