"""Sightings: what a failed or odd check tells by itself, though nobody reported anything."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.verdicts import Reason


class SightingKind(StrEnum):
    """What was odd about a check."""

    UNKNOWN_BADGE = "unknown_badge"
    NAME_MISMATCH = "name_mismatch"
    LOST_BADGE = "lost_badge"
    FOREIGN_ORIGIN = "foreign_origin"
    FORGED_CODE = "forged_code"
    EXPIRED_CODE = "expired_code"
    REVOKED = "revoked"
    NOT_AUTHORISED = "not_authorised"
    OUTSIDE_SLOT = "outside_slot"
    FAR_APART = "far_apart"
    WATCHLIST_HIT = "watchlist_hit"


KIND_OF: Final[Mapping[Reason, SightingKind]] = MappingProxyType(
    {
        Reason.EXPIRED_CODE: SightingKind.EXPIRED_CODE,
        Reason.REVOKED: SightingKind.REVOKED,
        Reason.NOT_AUTHORISED: SightingKind.NOT_AUTHORISED,
        Reason.UNDER_REVIEW: SightingKind.WATCHLIST_HIT,
        Reason.OUTSIDE_WINDOW: SightingKind.OUTSIDE_SLOT,
        Reason.SEEN_ELSEWHERE: SightingKind.FAR_APART,
        Reason.REPORTED: SightingKind.WATCHLIST_HIT,
    }
)
"""The reasons of a check that are a sighting by themselves; `unrecognised` is one only with a fact,
and a wrong notice code or a visitor who is still alone happens to honest people."""

ANYBODY_MAKES: Final = frozenset(
    {
        SightingKind.UNKNOWN_BADGE,
        SightingKind.NAME_MISMATCH,
        SightingKind.FOREIGN_ORIGIN,
        SightingKind.FORGED_CODE,
    }
)
"""Kinds that need no secret of ours, so that a flood of them has to be bounded."""
