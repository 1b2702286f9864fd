"""What other systems hear of cases: which one changed, how, by which reports, and nothing else."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from db.cases import FraudCase
from domain.cases import CLOSED, CaseEventKind
from domain.webhooks import WebhookEvent
from service import webhooks
from service.runtime import Runtime
from service.webhooks import Teller


async def tell_change(  # noqa: PLR0913, PLR0917 - a message's members
    session: AsyncSession,
    runtime: Runtime,
    case_id: str,
    change: CaseEventKind,
    report_ids: Sequence[str],
    other_id: str | None,
) -> None:
    """Tell of an act on a case in the transaction that does it."""
    told = {"change": change, "report_ids": list(report_ids), "other_case_id": other_id}
    await _tell(session, runtime, case_id, told)


async def tell_closed(session: AsyncSession, runtime: Runtime | Teller, case: FraudCase) -> None:
    """Tell that nobody is in a case any more, and into which it went, in that transaction."""
    told: webhooks.Data = {
        "change": CLOSED,
        "report_ids": [],
        "other_case_id": case.merged_into,
    }
    await _tell(session, runtime, case.id, told)


async def _tell(
    session: AsyncSession, runtime: Runtime | Teller, case_id: str, told: webhooks.Data
) -> None:
    told = {"case_id": case_id, **told}
    await webhooks.enqueue(session, runtime, WebhookEvent.CASE_CHANGED, told)
