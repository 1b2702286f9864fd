"""The facts of one read, as the live state that verifiers judge."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from db.scans import Scan
from domain.states import DeviceStatus, StaffStatus, VisitStatus
from service.runtime import Runtime
from verifiers import visit_token
from verifiers.live_state import LiveState
from verifiers.policy import broken_rule


def live_state_of(runtime: Runtime, scan: Scan, now: datetime) -> LiveState:
    """Return what the registry says now about a reference."""
    zone = ZoneInfo(scan.time_zone)
    pack = runtime.pack_of(scan.jurisdiction)
    today = now.astimezone(runtime.time_zone).date()
    return LiveState(
        staff_id=scan.staff_id,
        visit_id=scan.visit_id,
        staff_status=StaffStatus(scan.staff_status),
        device_status=DeviceStatus(scan.device_status),
        token_revoked=scan.token_revoked_at is not None,
        visit_status=VisitStatus(scan.visit_status),
        agency_in_contract=None
        if scan.agency_id is None
        else is_in_contract(scan.contract_starts_on, scan.contract_ends_on, today),
        follows_policy=broken_rule(pack, scan.starts_at, scan.ends_at, zone) is None,
        photo=visit_token.photo_digest(scan.staff_number, scan.staff_name, scan.photo_sha256),
        slot_starts_at=int(scan.starts_at.timestamp()),
        slot_ends_at=int(scan.ends_at.timestamp()),
        team_seen=1 + scan.others_seen,
        team_needed=pack.team.members,
        under_review=scan.watched_until is not None and scan.watched_until > now,
    )


def is_in_contract(starts_on: date | None, ends_on: date | None, today: date) -> bool:
    """Tell whether a contract holds today; both dates are inclusive."""
    return starts_on is not None and ends_on is not None and starts_on <= today <= ends_on
