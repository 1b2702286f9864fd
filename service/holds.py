"""Legal hold: what is held outlives its retention, with its duplicates, images and history."""

from db.duplicates import lock_family
from db.retention import lock_holds
from db.units_of_work import writing
from domain.callers import Caller
from domain.errors import ConflictError
from domain.reports import ReportEventKind
from service.closings import record
from service.report_views import ReportDetail, read_detail
from service.runtime import Runtime


async def hold(
    runtime: Runtime, caller: Caller, report_id: str, reason: str, *, held: bool
) -> ReportDetail:
    """Put a report on legal hold or lift it, with its duplicates; the reason goes on record.

    Raises NotFoundError, and ConflictError for a duplicate and for what is so already.
    """
    now = runtime.clock()
    async with writing(runtime.engine) as session:
        report, *folded = await lock_family(session, report_id)
        if report.id != report_id:
            message = f"this report is folded under {report.id}: hold that one"
            raise ConflictError(message)
        if report.is_held is held:
            message = "it is held already" if held else "it is not held"
            raise ConflictError(message)
        await lock_holds(session)
        text = f"{'set' if held else 'lifted'}: {reason}"
        for one in (report, *folded):
            one.is_held = held
            record(session, one, now, caller, ReportEventKind.HOLD, text)
        await session.flush()
        detail = await read_detail(session, runtime, report)
        await session.commit()
    return detail
