"""The SELECTs behind a scan, for one question as parameters or for many as columns."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    LargeBinary,
    ScalarSelect,
    Select,
    Subquery,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    select,
)
from sqlmodel import col

from db.agencies import Agency
from db.devices import Device
from db.signing_keys import SigningKey
from db.staff import Badge, Staff
from db.verifications import WAS_ACCEPTED, Verification
from db.visit_tokens import VisitToken
from db.visits import Visit, VisitStaff
from db.watchlist import WatchlistEntry
from domain.states import BadgeStatus, StaffStatus

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

_EARLIER: Final = 20  # earlier checks looked at: a family, and some previewers


@dataclass(frozen=True, slots=True)
class _Question:
    """What a scan asks for, as parameters of one query or as columns of many questions."""

    ref: ColumnElement[bytes]
    since: ColumnElement[datetime]
    client: ColumnElement[bytes]


def one_scan() -> Select[*tuple[Any, ...]]:
    """Answer one question, given as `ref`, `since` and `client`: one row or none."""
    asked = _Question(bindparam("ref"), bindparam("since"), bindparam("client"))
    return _facts(asked).where(col(VisitToken.ref) == asked.ref)


def many_scans() -> Select[*tuple[Any, ...]]:
    """Answer many questions, given as lists `refs`, `sinces` and `clients`, in one statement.

    One row a known reference, after the question's number, which counts from 1.
    """
    kinds: dict[str, TypeEngine[Any]] = {
        "ref": LargeBinary(),
        "since": DateTime(timezone=True),
        "client": LargeBinary(),
    }
    lists = (bindparam(f"{name}s", type_=ARRAY(kind)) for name, kind in kinds.items())
    columns = (column(name, kind) for name, kind in kinds.items())
    asked = (
        func.unnest(*lists)
        .table_valued(*columns, with_ordinality="number")
        .render_derived(name="asked")
    )
    # Named as text: the innermost query stands too deep for SQLAlchemy to correlate it.
    question = _Question(*(literal_column(f"asked.{name}", kind) for name, kind in kinds.items()))
    query = _facts(question).where(col(VisitToken.ref) == asked.c.ref)
    return query.with_only_columns(asked.c.number, *query.selected_columns)


def _facts(asked: _Question) -> Select[*tuple[Any, ...]]:
    badge = (
        select(func.max(Badge.number))
        .where(col(Badge.staff_id) == Staff.id, col(Badge.status) == BadgeStatus.ACTIVE)
        .correlate(Staff)
        .scalar_subquery()
    )
    return (
        select(
            col(VisitToken.token),
            col(VisitToken.kid),
            col(SigningKey.state),
            col(VisitToken.revoked_at),
            col(Device.jwk),
            col(Device.status),
            col(Staff.id),
            col(Staff.staff_number),
            col(Staff.name),
            col(Staff.status),
            col(Staff.employer),
            col(Staff.photo_sha256),
            badge,
            col(Visit.id),
            col(Visit.status),
            col(Visit.starts_at),
            col(Visit.ends_at),
            col(Visit.time_zone),
            col(Visit.jurisdiction),
            col(Visit.place_hint),
            col(Visit.address_sealed),
            col(Staff.agency_id),
            col(Agency.public_label),
            col(Agency.contract_starts_on),
            col(Agency.contract_ends_on),
            _others_seen(asked),
            _also_checked_at(asked),
            _watched_until(),
        )
        .join(Device, col(Device.id) == VisitToken.device_id)
        .join(Staff, col(Staff.id) == VisitToken.staff_id)
        .join(Visit, col(Visit.id) == VisitToken.visit_id)
        .join(Agency, col(Agency.id) == Staff.agency_id, isouter=True)
        .join(SigningKey, col(SigningKey.kid) == VisitToken.kid, isouter=True)
    )


def _watched_until() -> ScalarSelect[datetime]:
    """Return until when this phone or badge of ours is watched: one probe of an index for each."""
    badge = (
        select(literal("badge ").concat(func.max(Badge.number)))
        .where(
            # Named as text: this stands too deep for SQLAlchemy to correlate it.
            col(Badge.staff_id) == literal_column("staff.id"),
            col(Badge.status) == BadgeStatus.ACTIVE,
        )
        .scalar_subquery()
    )
    device = literal("device ").concat(VisitToken.device_id)
    return (
        select(func.max(WatchlistEntry.expires_at))
        .where(
            col(WatchlistEntry.registry_match).in_([device, badge]),
            col(WatchlistEntry.is_effective),
        )
        .correlate(VisitToken)
        .scalar_subquery()
    )


def _others_seen(asked: _Question) -> ScalarSelect[int]:
    other = VisitToken.__table__.alias("other_token")  # type: ignore[attr-defined] # SQLModel adds it
    member = Staff.__table__.alias("other_member")  # type: ignore[attr-defined] # as above
    # Named as text: the innermost query stands too deep for SQLAlchemy to correlate it.
    ref = literal_column("other_token.ref", LargeBinary())
    last = _last_checks(ref, 1)
    was_seen = (
        select(literal(1))
        .select_from(other)
        .where(
            other.c.visit_id == VisitToken.visit_id,
            other.c.staff_id == VisitStaff.staff_id,
            other.c.device_id != VisitToken.device_id,
            select(func.max(last.c.checked_at)).where(last.c.ref == ref).scalar_subquery()
            >= asked.since,
        )
        .correlate(VisitToken, VisitStaff)
        .exists()
    )
    return (
        select(func.count())
        .select_from(VisitStaff)
        .join(member, member.c.id == col(VisitStaff.staff_id))
        .where(
            col(VisitStaff.visit_id) == VisitToken.visit_id,
            col(VisitStaff.staff_id) != VisitToken.staff_id,
            member.c.status == StaffStatus.ACTIVE,
            was_seen,
        )
        .correlate(VisitToken)
        .scalar_subquery()
    )


def _also_checked_at(asked: _Question) -> ScalarSelect[datetime]:
    last = _last_checks(asked.ref, _EARLIER)
    return (
        select(func.max(last.c.checked_at))
        .where(last.c.ref == asked.ref, last.c.client_hash.is_distinct_from(asked.client))
        .scalar_subquery()
    )


def earlier_scans() -> Select[*tuple[Any, ...]]:
    """Return where and when a reference was accepted, given as `ref`, last first."""
    ref = bindparam("ref", type_=LargeBinary())
    last = _last_checks(ref, 10 * _EARLIER)
    return (
        select(last.c.checked_at, last.c.latitude, last.c.longitude)
        .where(last.c.ref == ref, last.c.latitude.is_not(None), last.c.longitude.is_not(None))
        .order_by(last.c.checked_at.desc())
        .limit(_EARLIER)
    )


def _last_checks(ref: ColumnElement[bytes], limit: int) -> Subquery:
    """Return the accepted checks of a reference, last first, and some of lesser references.

    A reference has as many checks as anybody likes to make. Hence the limit stands before any
    filter, and the order is the index's own, lesser references and all: asked for just one
    reference, PostgreSQL gathers all its checks and sorts them, as it expects to find few.
    """
    return (
        select(
            col(Verification.ref),
            col(Verification.checked_at),
            col(Verification.client_hash),
            col(Verification.latitude),
            col(Verification.longitude),
        )
        .where(col(Verification.ref) <= ref, WAS_ACCEPTED)
        .order_by(col(Verification.ref).desc(), col(Verification.checked_at).desc())
        .limit(limit)
        .subquery()
    )
