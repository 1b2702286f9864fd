"""What other systems hear of reports: where one stands, and nothing that anybody wrote."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from db.reports import Report
from domain.webhooks import WebhookEvent
from service import webhooks
from service.runtime import Runtime


async def tell_received(
    session: AsyncSession, runtime: Runtime, report: Report, watched: Sequence[str]
) -> None:
    """Tell of a new report, and of watchlist entries it meets, in the transaction that keeps it."""
    await webhooks.enqueue(session, runtime, WebhookEvent.REPORT_RECEIVED, _states_of(report))
    for entry_id in watched:
        met = {"entry_id": entry_id, "source": "report", "report_id": report.id}
        await webhooks.enqueue(session, runtime, WebhookEvent.WATCHLIST_HIT, met)


async def tell_status(session: AsyncSession, runtime: Runtime, report: Report, before: str) -> None:
    """Tell of a report's new status in the transaction that changes it; nothing if it stayed."""
    if report.status != before:
        told = {**_states_of(report), "status_before": before}
        await webhooks.enqueue(session, runtime, WebhookEvent.REPORT_STATUS_CHANGED, told)


def _states_of(report: Report) -> webhooks.Data:
    return {
        "report_id": report.id,
        "status": report.status,
        "severity": report.severity,
        "kind": report.kind,
    }
