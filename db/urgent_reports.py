"""The queue of reports by their scores; what waits for its score stands before all others."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, FromClause, Table, exists, tuple_
from sqlalchemy import select as select_columns
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.cases import LinkedReport, LinkTask
from db.near import first_of_each, is_near
from db.report_filters import REPORTS, ReportFilter, after_last, conditions, further, order_of
from db.report_texts import find_texts
from db.reports import Report

_LINKED: Final[Table] = LinkedReport.__table__  # type: ignore[attr-defined] # SQLModel adds it
_SCORED: Final = (_LINKED.c.score, _LINKED.c.received_at, _LINKED.c.report_id)


async def find_urgent(
    session: AsyncSession, wanted: ReportFilter, after: tuple[int, datetime, str] | None, limit: int
) -> Sequence[Report]:
    """Return scored reports, the highest score first; `after` is the last one seen."""
    order = [one.desc() for one in _SCORED]
    met = [] if after is None else [tuple_(*_SCORED) < after]
    met += conditions(wanted)
    query = select(Report).join(LinkedReport, col(LinkedReport.report_id) == Report.id)
    if wanted.text is None and wanted.case_id is None and not wanted.indicators:
        here = _first_here(session, wanted, met, limit)
        if here is not None:
            query = query.join(here, here.c.report_id == Report.id)
            return (await session.exec(query.order_by(*order))).all()
    query = query.where(*met, *further(wanted)).order_by(*order)
    if wanted.case_id is not None:
        query = query.where(LinkedReport.case_id == wanted.case_id)
    if wanted.text is not None:
        return await find_texts(session, query, order, wanted.text, limit)
    return (await session.exec(query.limit(limit))).all()


def _first_here(
    session: AsyncSession, wanted: ReportFilter, met: Sequence[ColumnElement[bool]], limit: int
) -> FromClause | None:
    """Return the reports of a place with the highest scores; None where no place is wanted.

    Each of its cells' first ones are compared: an index has the cells beside the scores.
    """
    near = wanted.near
    if near is not None:
        column, cells = (_LINKED.c.area if near.coarse else _LINKED.c.cell), near.cells
        met = [*met, is_near(_LINKED, near)]
    elif wanted.map_cell is not None:
        column, cells = _LINKED.c.map_cell, [wanted.map_cell]
    else:
        return None
    first = select_columns(*_SCORED).join(REPORTS, REPORTS.c.id == _LINKED.c.report_id)
    first = first.where(*met).order_by(*(one.desc() for one in _SCORED)).limit(limit)
    found = first_of_each(session, first, column, cells)
    order = (found.c.score.desc(), found.c.received_at.desc(), found.c.report_id.desc())
    return select_columns(found.c.report_id).order_by(*order).limit(limit).subquery()


async def find_unscored(
    session: AsyncSession, wanted: ReportFilter, limit: int
) -> Sequence[Report]:
    """Return reports that still wait to be linked for the first time: they have no score yet."""
    if wanted.case_id is not None:
        return ()  # it has linked ones only
    query = (
        select(Report)
        .join(LinkTask, col(LinkTask.report_id) == Report.id)
        .where(
            LinkTask.look == 0,
            ~exists().where(col(LinkedReport.report_id) == LinkTask.report_id),
            *conditions(wanted),
            *further(wanted),
            *after_last(wanted, Report),
        )
        .order_by(*order_of(wanted, Report))
    )
    if wanted.text is not None:  # of these there are few
        query = query.where(col(Report.search_text).contains(wanted.text, autoescape=True))
    return (await session.exec(query.limit(limit))).all()
