"""The queue of reports by their scores; what waits for its score stands before all others."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, exists, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from db.cases import LinkedReport, LinkTask
from db.report_filters import ReportFilter, after_last, conditions, further, in_circle, order_of
from db.report_texts import find_texts
from db.reports import Report

_MOST_URGENT: Final = 1_000
"""So many are looked through for what lies here before the index of places is asked: where a wide
circle holds very many, a page of them is among these."""
_READ_FIRST: Final = 4
"""Of what lies here, so many pages are read whole before all of it is: ids and scores are small."""


async def find_urgent(
    session: AsyncSession, wanted: ReportFilter, after: tuple[int, datetime, str] | None, limit: int
) -> Sequence[Report]:
    """Return scored reports, the highest score first; `after` is the last one seen."""
    place = (col(LinkedReport.score), col(LinkedReport.received_at), col(LinkedReport.report_id))
    order = [one.desc() for one in place]
    ahead = [] if after is None else [tuple_(*place) < after]
    if wanted.case_id is not None:
        ahead.append(col(LinkedReport.case_id) == wanted.case_id)
    query = (
        select(Report)
        .join(LinkedReport, col(LinkedReport.report_id) == Report.id)
        .where(*ahead, *conditions(wanted), *further(wanted))
        .order_by(*order)
    )
    if wanted.text is not None:
        return await find_texts(session, query, order, wanted.text, limit)
    if wanted.near is None and wanted.map_cell is None:
        return (await session.exec(query.limit(limit))).all()
    scores = select(LinkedReport.report_id).where(*ahead).order_by(*order)
    return await _find_here(session, query, scores, wanted, limit)


async def _find_here(
    session: AsyncSession,
    query: SelectOfScalar[Report],
    scores: SelectOfScalar[str],
    wanted: ReportFilter,
    limit: int,
) -> Sequence[Report]:
    """Return the first reports of a place, of which there may be few or very many."""

    async def among(ids: SelectOfScalar[str]) -> Sequence[Report]:
        first = ids.subquery()
        listed = query.join(first, first.c.report_id == LinkedReport.report_id).limit(limit)
        return (await session.exec(listed)).all()

    found = await among(scores.limit(_MOST_URGENT))
    if len(found) == limit:
        return found
    # As a table of its own: else all scores are walked for the few that lie here.
    here = select(Report.id).where(*_place(wanted)).cte().prefix_with("MATERIALIZED")
    scores = scores.join(here, here.c.id == LinkedReport.report_id)
    found = await among(scores.limit(_READ_FIRST * limit))
    return found if len(found) == limit else await among(scores)


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


def _place(wanted: ReportFilter) -> tuple[ColumnElement[bool], ...]:
    if wanted.near is not None:
        return in_circle(wanted.near)
    return (col(Report.map_cell) == wanted.map_cell,)
