"""Who calls: a subject and what it may do. `admin` implies no other role."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a caller may be allowed to do; one table in api/ says what each may call."""

    STAFF = "staff"
    DISPATCHER = "dispatcher"
    REGISTRY = "registry"
    DESK = "desk"
    CHANNEL = "channel"
    SERVICE = "service"
    FRAUD = "fraud"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller; for staff, `subject` is the staff number."""

    subject: str
    roles: frozenset[Role]
