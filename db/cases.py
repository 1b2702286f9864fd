"""Cases: reports that belong together, why, and everything that was done about it."""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, Column, Index
from sqlmodel import Field

from db.base import Table, one_of
from domain.cases import CaseEventKind
from domain.links import KeyKind


class FraudCase(Table, table=True):
    """Two reports or more about the same visitors; one that was merged says into which.

    `score` is 0 to 100; `first_at` and `last_at` are of the visits. Empty cases stay on record.
    """

    __tablename__ = "fraud_case"
    __table_args__ = (
        Index(None, "is_open", "updated_at", "id"),
        Index(None, "is_open", "score", "updated_at", "id"),
        Index(None, "last_at"),
    )

    id: str = Field(primary_key=True, max_length=32)
    opened_at: datetime
    updated_at: datetime
    first_at: datetime
    last_at: datetime
    report_count: int
    score: int
    signals: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    is_open: bool
    merged_into: str | None = Field(default=None, max_length=32)


PLACE: Final = ("cell", "area", "map_cell", "latitude", "longitude")
"""What a linked report has of its report's place, so that an index has it beside the score."""


class LinkedReport(Table, table=True):
    """A report that was linked: its case, if it has one, and its traits as the linker reads them.

    A pinned report is moved by people alone; pinned in no case it is misconduct of our own, which
    goes into none. Its `PLACE` is the report's.
    """

    __tablename__ = "linked_report"
    __table_args__ = (
        Index(None, "case_id", "occurred_at", "report_id"),
        Index(None, "score", "received_at", "report_id"),
        Index(None, "received_at", "report_id"),
        *(
            Index(
                f"ix_linked_report_of_{cell}",
                *(cell, "score", "received_at", "report_id", "latitude", "longitude"),
            )
            for cell in ("cell", "area", "map_cell")
        ),
    )

    report_id: str = Field(primary_key=True, foreign_key="report.id", max_length=32)
    case_id: str | None = Field(default=None, foreign_key="fraud_case.id", max_length=32)
    is_pinned: bool = False
    cell: str | None = Field(default=None, max_length=15)
    area: str | None = Field(default=None, max_length=15)
    map_cell: str | None = Field(default=None, max_length=15)
    latitude: float | None = None
    longitude: float | None = None
    occurred_at: datetime
    received_at: datetime
    score: int
    signals: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    traits: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class LinkKey(Table, table=True):
    """What linked reports are found by when a new one comes; `at` is when it happened."""

    __tablename__ = "link_key"
    __table_args__ = (
        CheckConstraint(one_of("kind", KeyKind), "kind"),
        Index(None, "kind", "value", "at", "report_id"),
    )

    report_id: str = Field(primary_key=True, foreign_key="report.id", max_length=32)
    kind: str = Field(primary_key=True, max_length=16)
    value: str = Field(primary_key=True, max_length=256)
    at: datetime


class LinkTask(Table, table=True):
    """A report that is to be linked, or looked at again; gone in the transaction that does it."""

    __tablename__ = "link_task"
    __table_args__ = (Index(None, "due_at", "report_id"),)

    report_id: str = Field(primary_key=True, foreign_key="report.id", max_length=32)
    due_at: datetime
    look: int = 0


class CaseLink(Table, table=True):
    """Why a report is in a case, or might belong to another one (`is_possible`)."""

    __tablename__ = "case_link"
    __table_args__ = (Index(None, "report_id"), Index(None, "case_id", "id"))

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="fraud_case.id", max_length=32)
    report_id: str = Field(foreign_key="report.id", max_length=32)
    at: datetime
    actor: str = Field(max_length=200)
    bits: float
    reasons: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    is_possible: bool = False


class CaseProfile(Table, table=True):
    """What the reports of a case told, as the linker compares a new one with it."""

    __tablename__ = "case_profile"

    case_id: str = Field(primary_key=True, foreign_key="fraud_case.id", max_length=32)
    profile: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class CaseBridge(Table, table=True):
    """A fact that ties reports of one case to another; the ids are in order."""

    __tablename__ = "case_bridge"

    one: str = Field(primary_key=True, max_length=32)
    other: str = Field(primary_key=True, max_length=32, index=True)
    kind: str = Field(primary_key=True, max_length=16)
    value: str = Field(primary_key=True, max_length=256)


class CaseBarrier(Table, table=True):
    """Two cases that people have kept apart; the linker never joins them. The ids are in order."""

    __tablename__ = "case_barrier"

    one: str = Field(primary_key=True, max_length=32)
    other: str = Field(primary_key=True, max_length=32, index=True)
    at: datetime
    actor: str = Field(max_length=200)


class CaseEvent(Table, table=True):
    """One thing that was done with a case, by whom; nothing here is ever changed."""

    __tablename__ = "case_event"
    __table_args__ = (
        CheckConstraint(one_of("kind", CaseEventKind), "kind"),
        Index(None, "case_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="fraud_case.id", max_length=32)
    at: datetime
    actor: str = Field(max_length=200)
    kind: str = Field(max_length=16)
    text: str = Field(max_length=4096)
    report_ids: list[str] = Field(sa_column=Column(JSON, nullable=False))


class AreaDay(Table, table=True):
    """How many reports an area (a coarse cell) had on a local day, and what was to be expected."""

    __tablename__ = "area_day"
    __table_args__ = (Index(None, "surged_at", "area"),)

    area: str = Field(primary_key=True, max_length=15)
    day: date = Field(primary_key=True)
    reports: int
    expected: float | None = None
    probability: float | None = None
    surged_at: datetime | None = None
