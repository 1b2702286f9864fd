"""Where nobody may send the service, by URL and by address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.refusals import Refused
from tests.webhooks import HOSTILE_ADDRESSES, HOSTILE_URLS
from verifiers.outbound_target import OutboundPolicy, OutboundTarget

POLICY = OutboundPolicy({"hooks.bank.example", "127.0.0.1", "localhost", "[::1]", "0x7f.1"})


@pytest.mark.parametrize("url", HOSTILE_URLS, ids=ascii)
def test_a_hostile_url_is_refused_even_when_its_host_is_listed(url: str) -> None:
    assert isinstance(POLICY.judge_url(url), Refused)


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES)
def test_an_address_of_our_own_world_is_refused(address: str) -> None:
    assert isinstance(POLICY.judge_address(address), Refused)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f::1", "1.1.1.1"])
def test_a_public_address_is_allowed(address: str) -> None:
    assert POLICY.judge_address(address) is None


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://hooks.bank.example", "/"),
        ("https://hooks.bank.example/a/b?c=d%20e", "/a/b?c=d%20e"),
        ("https://hooks.bank.example:443/", "/"),
    ],
)
def test_a_listed_https_host_is_allowed(url: str, path: str) -> None:
    target = POLICY.judge_url(url)
    assert isinstance(target, OutboundTarget)
    assert (target.host, target.port, target.path) == ("hooks.bank.example", 443, path)


def test_without_a_list_nobody_is_asked() -> None:
    assert OutboundPolicy().judge_url("https://hooks.bank.example/") == Refused(
        "not_on_the_allow_list"
    )


@given(st.text())
def test_any_text_gets_a_value(text: str) -> None:
    assert isinstance(POLICY.judge_url(text), Refused)
    assert isinstance(POLICY.judge_url(f"https://{text}@hooks.bank.example"), Refused)
    assert isinstance(POLICY.judge_address(text), Refused | None)
