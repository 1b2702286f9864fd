"""The queue of reports by every filter, each read in the order of the list by an index."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from db.cases import LinkedReport
from db.indicators import ReportIndicator
from db.near import Circle, first_near, within
from db.report_filters import (
    REPORTS,
    ReportFilter,
    after_last,
    conditions,
    further,
    has,
    in_circle,
    order_of,
)
from db.report_texts import find_texts
from db.reports import Report


async def find_reports(session: AsyncSession, wanted: ReportFilter, limit: int) -> Sequence[Report]:
    """Return reports, the last received first unless wanted otherwise; by due, the open ones."""
    if wanted.text is not None:
        order = order_of(wanted, Report)
        return await find_texts(session, _queue(wanted), order, wanted.text, limit)
    if wanted.near is not None and _is_plain(wanted):
        return (await session.exec(_near(session, wanted, wanted.near, limit))).all()
    return (await session.exec(_queue(wanted).limit(limit))).all()


def _is_plain(wanted: ReportFilter) -> bool:
    return not (wanted.indicators or wanted.by_due or wanted.case_id)


def _queue(wanted: ReportFilter) -> SelectOfScalar[Report]:
    """Return the whole queue, in order, by all but its words."""
    if wanted.case_id is not None:
        return _of_case(wanted)
    if wanted.indicators:
        return _by_indicator(wanted)
    plain = select(Report).where(*conditions(wanted), *after_last(wanted, Report))
    if wanted.near is not None:
        plain = plain.where(*in_circle(wanted.near))
    return plain.order_by(*order_of(wanted, Report))


def _by_indicator(wanted: ReportFilter) -> SelectOfScalar[Report]:
    """Walk the first indicator's index in the order of the list; the others are looked up."""
    (kind, value), *others = wanted.indicators
    return (
        select(Report)
        .join(ReportIndicator, col(ReportIndicator.report_id) == Report.id)
        .where(
            ReportIndicator.kind == kind,
            ReportIndicator.value == value,
            *conditions(wanted),
            *(has(*one) for one in others),
            *(() if wanted.near is None else (within(REPORTS, wanted.near),)),
            *after_last(wanted, ReportIndicator),
        )
        .order_by(*order_of(wanted, ReportIndicator))
    )


def _of_case(wanted: ReportFilter) -> SelectOfScalar[Report]:
    """Read the reports of a case, of which there are few, and put them in the order of the list."""
    return (
        select(Report)
        .join(LinkedReport, col(LinkedReport.report_id) == Report.id)
        .where(
            LinkedReport.case_id == wanted.case_id,
            *conditions(wanted),
            *further(wanted),
            *after_last(wanted, Report),
        )
        .order_by(*order_of(wanted, Report))
    )


def _near(
    session: AsyncSession, wanted: ReportFilter, near: Circle, limit: int
) -> SelectOfScalar[Report]:
    ids = first_near(
        session,
        REPORTS,
        "received_at",
        near,
        conditions=(*conditions(wanted), *after_last(wanted, Report)),
        limit=limit,
        oldest_first=wanted.oldest_first,
    )
    query = select(Report).join(ids, ids.c.id == col(Report.id))
    return query.order_by(*order_of(wanted, Report))
