"""All tables in one place, so that migrations and their checks see every one."""

from db.agencies import Agency
from db.base import metadata
from db.devices import Device, EnrolmentCode
from db.signing_keys import DataKey, SigningKey
from db.staff import Badge, Photo, Staff
from db.verifications import Verification
from db.visit_tokens import VisitToken
from db.visits import Notice, Visit, VisitStaff

__all__ = [
    "Agency",
    "Badge",
    "DataKey",
    "Device",
    "EnrolmentCode",
    "Notice",
    "Photo",
    "SigningKey",
    "Staff",
    "Verification",
    "Visit",
    "VisitStaff",
    "VisitToken",
    "metadata",
]
