"""Issued visit tokens: a token that has no row here is refused, however well it is signed."""

from datetime import datetime

from sqlmodel import Field

from db.base import Table


class VisitToken(Table, table=True):
    """One token for one visit, staff member and device; `ref` are the 16 bytes of its `jti`."""

    __tablename__ = "visit_token"

    ref: bytes = Field(primary_key=True)
    token: str = Field(max_length=2048)
    kid: str = Field(max_length=43, index=True)
    visit_id: str = Field(foreign_key="visit.id", index=True)
    staff_id: str = Field(foreign_key="staff.id", index=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    issued_at: datetime
    expires_at: datetime = Field(index=True)
    revoked_at: datetime | None = None
    wrong_notices: int = 0
