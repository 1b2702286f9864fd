"""Which members of an answer a reason may show. What is not listed here is never shown."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.verdicts import Reason

_VISITOR = frozenset({"name", "photo", "badge_number", "employer", "agency_label"})
_VISIT = frozenset({"starts_at", "ends_at", "place_hint"})
_LIVE = _VISITOR | _VISIT
_OWN = (_LIVE - {"agency_label"}) | {"agency_name", "purpose", "phrase", "team", "documents"}

_SHOWN: Mapping[Reason, frozenset[str]] = MappingProxyType(
    {
        Reason.AUTHORISED: _LIVE,
        Reason.UNDER_REVIEW: _LIVE,
        Reason.DIFFERENT_VISIT: _LIVE,
        Reason.LONE_VISITOR: _LIVE,
        Reason.OUTSIDE_WINDOW: _LIVE,
        Reason.SEEN_ELSEWHERE: _LIVE,
        Reason.AUTHORISED_FOR_YOU: _OWN,
        Reason.NOTICE_ON_RECORD: frozenset({"starts_at", "ends_at"}),
    },
)


def shown_for(reason: Reason) -> frozenset[str]:
    """Return the members that an answer with this reason may disclose; most disclose none."""
    return _SHOWN.get(reason, frozenset())


ACCEPTED: Final = frozenset(reason for reason in Reason if "place_hint" in shown_for(reason))
"""Reasons with which a code counts as one of the team's: those that show the visitor."""
