"""The vocabulary of the watchlist: what may be watched, and where an entry stands."""

from enum import StrEnum

from domain.indicators import IndicatorKind


class WatchKind(StrEnum):
    """What an entry is about: an indicator of reports, or a registered phone of ours."""

    PHONE = IndicatorKind.PHONE.value
    PLATE = IndicatorKind.PLATE.value
    BADGE = IndicatorKind.BADGE.value
    ALIAS = IndicatorKind.ALIAS.value
    AGENCY = IndicatorKind.AGENCY.value
    PAYEE = IndicatorKind.PAYEE.value
    URL = IndicatorKind.URL.value
    CODE_ORIGIN = IndicatorKind.CODE_ORIGIN.value
    DEVICE = "device"


class WatchState(StrEnum):
    """Whether an entry has an effect; only an active one has."""

    AWAITING_APPROVAL = "awaiting_approval"
    ACTIVE = "active"
    EXPIRED = "expired"
    REMOVED = "removed"
