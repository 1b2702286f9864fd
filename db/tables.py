"""All tables in one place, so that migrations and their checks see every one."""

from db.agencies import Agency
from db.analysts import Analyst
from db.base import metadata
from db.cases import (
    AreaDay,
    CaseBarrier,
    CaseBridge,
    CaseEvent,
    CaseLink,
    CaseProfile,
    FraudCase,
    LinkedReport,
    LinkKey,
    LinkTask,
)
from db.custody import EvidenceCustody
from db.devices import Device, EnrolmentCode
from db.fraud_exports import FraudExport
from db.indicators import ReportIndicator
from db.looks import QueueLook
from db.remembered import IdempotencyKey, Remembered
from db.report_counts import ReportCount
from db.report_texts import SEARCH_INDEX
from db.reports import Report, ReportEvent, ReportEvidence
from db.sightings import Sighting
from db.signing_keys import DataKey, SigningKey
from db.staff import Badge, Photo, Staff
from db.verifications import Verification
from db.visit_tokens import VisitToken
from db.visits import Notice, Visit, VisitStaff
from db.watchlist import WatchlistEntry
from db.webhooks import Webhook, WebhookDelivery

__all__ = [
    "SEARCH_INDEX",
    "Agency",
    "Analyst",
    "AreaDay",
    "Badge",
    "CaseBarrier",
    "CaseBridge",
    "CaseEvent",
    "CaseLink",
    "CaseProfile",
    "DataKey",
    "Device",
    "EnrolmentCode",
    "EvidenceCustody",
    "FraudCase",
    "FraudExport",
    "IdempotencyKey",
    "LinkKey",
    "LinkTask",
    "LinkedReport",
    "Notice",
    "Photo",
    "QueueLook",
    "Remembered",
    "Report",
    "ReportCount",
    "ReportEvent",
    "ReportEvidence",
    "ReportIndicator",
    "Sighting",
    "SigningKey",
    "Staff",
    "Verification",
    "Visit",
    "VisitStaff",
    "VisitToken",
    "WatchlistEntry",
    "Webhook",
    "WebhookDelivery",
    "metadata",
]
