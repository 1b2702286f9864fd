"""The filters of reports as query parameters: one definition for the list and every export."""

from typing import Annotated, Literal

from fastapi import Depends, Query

from api.wire import Day, Line, Text
from domain.reports import ReportKind, ReportOrder, ReportStatus, Severity
from service.report_lists import ReportFilters


async def read_filters(  # noqa: PLR0913, PLR0917 - one argument a query parameter
    q: Text | None = None,
    status: ReportStatus | None = None,
    severity: Severity | None = None,
    kind: ReportKind | None = None,
    first_day: Annotated[Day | None, Query(alias="from")] = None,
    last_day: Annotated[Day | None, Query(alias="to")] = None,
    phone: Text | None = None,
    badge_number: Text | None = None,
    plate: Text | None = None,
    alias: Text | None = None,
    payee: Text | None = None,
    near: Annotated[
        Text | None, Query(description="latitude,longitude,km in degrees; at most 50 km")
    ] = None,
    sort: ReportOrder = ReportOrder.NEWEST,
    case: Text | None = None,
    assignee: Line | None = None,
    since: Literal["last"] | None = None,
    cell: Annotated[
        Line | None, Query(description="a cell of the map, with the reports that are folded")
    ] = None,
    *,
    closing: bool | None = None,
) -> ReportFilters:
    """Return which reports the caller wants."""
    return ReportFilters(
        q=q,
        status=status,
        severity=severity,
        kind=kind,
        first_day=first_day,
        last_day=last_day,
        phone=phone,
        badge_number=badge_number,
        plate=plate,
        alias=alias,
        payee=payee,
        near=near,
        sort=sort,
        case=case,
        assignee=assignee,
        closing=closing,
        since=since,
        cell=cell,
    )


Filtered = Annotated[ReportFilters, Depends(read_filters)]
