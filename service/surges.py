"""Surges: an area with more reports today than its past lets expect; the team is told at once."""

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from db.case_queries import count_report
from db.cases import AreaDay
from db.reports import Report
from domain.webhooks import WebhookEvent
from service import webhooks
from service.events import TEAM, TeamNews
from service.runtime import Runtime
from verifiers.surges import BASELINE, GAP, judge


async def count(
    session: AsyncSession, runtime: Runtime, report: Report, now: datetime
) -> str | None:
    """Count a report where it happened, on the day it came; return the area if it surges now."""
    if report.area is None:
        return None
    today = report.received_at.astimezone(runtime.time_zone).date()
    known = await count_report(session, AreaDay(area=report.area, day=today, reports=1))
    counts = {one.day: one.reports for one in known}
    first = today - timedelta(days=BASELINE + GAP)
    days = [counts.get(first + timedelta(days=at), 0) for at in range(BASELINE + GAP + 1)]
    found, row = judge(days), known[-1]
    row.expected, row.probability = found.expected, found.probability
    if not found.is_surge or row.surged_at is not None:
        return None
    row.surged_at = now
    told: webhooks.Data = {"area": report.area, "day": today.isoformat(), "reports": found.reports}
    await webhooks.enqueue(session, runtime, WebhookEvent.SURGE, told)
    return report.area


def tell(runtime: Runtime, area: str, now: datetime) -> None:
    """Tell the team that an area surges."""
    runtime.news.publish(TEAM, TeamNews("surge", now, area=area))
