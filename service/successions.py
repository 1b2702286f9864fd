"""A report that is withdrawn hands its place in its case to its heir, with the reasons for it."""

from typing import Any

from db.case_queries import find_case, find_case_links, lock_cases
from db.cases import LinkedReport
from domain.cases import CaseEventKind
from service import case_changes
from service.case_changes import CaseWork


async def hand_over(work: CaseWork, gone_id: str, heir_id: str) -> None:
    """Give a withdrawn report's case, its pin and its links to its heir, who said the same.

    An heir that people pinned stays where they put it. One that is not linked yet is given the
    place by the linker. Rows of reports are locked before this, as by `report_scores.follow`.
    """
    session = work.session
    await session.flush()
    await lock_cases(session)
    gone = await session.get(LinkedReport, gone_id, populate_existing=True)
    heir = await session.get(LinkedReport, heir_id, populate_existing=True)
    if gone is None or heir is None or heir.is_pinned:
        return
    if gone.case_id is None:
        if gone.is_pinned:  # taken out of every case, as misconduct is
            await case_changes.forget(work, heir)
        return
    left = heir.case_id
    heir.case_id, heir.is_pinned, gone.is_pinned = gone.case_id, gone.is_pinned, False
    for link in await find_case_links(session, report_id=gone_id):
        link.report_id = heir_id
        link.reasons = [_between(reason, gone_id, heir_id) for reason in link.reasons]
    if left == heir.case_id:
        return
    await session.flush()
    if left is not None:
        await case_changes.record(work, left, CaseEventKind.LEFT, [heir_id], heir.case_id)
        await case_changes.measure(work, await find_case(session, left))
    await case_changes.record(work, gone.case_id, CaseEventKind.JOINED, [heir_id])
    await case_changes.measure(work, await find_case(session, gone.case_id))


def _between(reason: dict[str, Any], gone_id: str, heir_id: str) -> dict[str, Any]:
    """Return the reason of a link that is the heir's now: what it had with him he has with it."""
    others = {gone_id: heir_id, heir_id: gone_id}
    return {**reason, "report_id": others.get(reason["report_id"], reason["report_id"])}
