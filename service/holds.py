"""Legal hold: what is held outlives its retention, with its duplicates, images and history."""

from db.duplicates import find_folded
from db.reports import find_report
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
        report = await find_report(session, report_id, locked=True)
        if report.duplicate_of is not None:
            message = f"this report is folded under {report.duplicate_of}: hold that one"
            raise ConflictError(message)
        if report.is_held is held:
            message = "it is held already" if held else "it is not held"
            raise ConflictError(message)
        text = f"{'set' if held else 'lifted'}: {reason}"
        for one in (report, *await find_folded(session, report.id)):
            one.is_held = held
            record(session, one, now, caller, ReportEventKind.HOLD, text)
        await session.flush()
        detail = await read_detail(session, runtime, report)
        await session.commit()
    return detail
