"""The states that registry entries, visits and keys can be in."""

from enum import StrEnum


class StaffStatus(StrEnum):
    """Whether a staff member may visit; judged anew at each scan."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class BadgeStatus(StrEnum):
    """Whether a printed badge still counts."""

    ACTIVE = "active"
    LOST = "lost"
    STOLEN = "stolen"
    REVOKED = "revoked"


class DeviceStatus(StrEnum):
    """Whether a phone's key may sign device proofs."""

    PENDING = "pending"
    ACTIVE = "active"
    REVOKED = "revoked"


class VisitStatus(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    AWAITING_APPROVAL = "awaiting_approval"
    CANCELLED = "cancelled"
    ENDED = "ended"


class KeyState(StrEnum):
    """Where a signing key stands (token format, F); a removed key has no row."""

    PENDING = "pending"
    ACTIVE = "active"
    RETIRING = "retiring"
    REVOKED = "revoked"


class CustomerKind(StrEnum):
    """Whom a visit is to."""

    INDIVIDUAL = "individual"
    ENTERPRISE = "enterprise"


class Purpose(StrEnum):
    """Why a visit takes place; only `authorised_for_you` may show it."""

    ACCOUNT_REVIEW = "account_review"
    LOAN_USE = "loan_use"
    OVERDUE = "overdue"
    DUE_DILIGENCE = "due_diligence"
    SIGNING = "signing"
    OTHER = "other"


class Language(StrEnum):
    """The languages that pages and notices are written in (BCP 47)."""

    TRADITIONAL = "zh-Hant"
    SIMPLIFIED = "zh-Hans"
    ENGLISH = "en"


class Mode(StrEnum):
    """Whether real customers ask; a database remembers which."""

    DEMO = "demo"
    PRODUCTION = "production"
