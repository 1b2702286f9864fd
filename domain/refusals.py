"""Refusals that are expected are values, so that no caller can forget to catch one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refused:
    """Evidence did not prove what it claims; `reason` is a stable word for logs and tests."""

    reason: str
