"""A slot lies in the window of the visit's own time zone, to the minute."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from verifiers.policy import PACKS, broken_rule

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("starts", "ends", "allowed"),
    [
        ("24T08:00", "24T09:00", True),
        ("24T07:59", "24T09:00", False),
        ("24T20:00", "24T22:00", True),
        ("24T20:00", "24T22:01", False),
        ("24T21:30", "25T08:30", False),
        ("24T23:00", "25T01:00", False),
    ],
)
def test_the_window_is_of_one_local_day(starts: str, ends: str, *, allowed: bool) -> None:
    rule = broken_rule(PACKS["cn"], at(starts), at(ends), ZONE)
    assert (rule is None) is allowed
    assert rule is None or (rule.id == "cn.window" and "22:00-08:00" in rule.source)


def test_the_address_decides_not_the_server() -> None:
    starts, ends = at("24T12:00"), at("24T13:00")  # 23:00 in New York
    assert broken_rule(PACKS["cn"], starts, ends, ZoneInfo("America/New_York")) is not None


def test_the_baseline_has_no_window() -> None:
    assert broken_rule(PACKS["baseline"], at("24T23:00"), at("25T01:00"), ZONE) is None


@pytest.mark.parametrize("name", PACKS)
def test_every_rule_names_its_source(name: str) -> None:
    pack = PACKS[name]
    assert pack.id == name
    assert all(rule.source and rule.id for rule in (pack.team, pack.window) if rule)
